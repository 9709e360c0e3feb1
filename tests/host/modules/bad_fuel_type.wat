;; Counts its loop passes in 64 bits.
(module
  (memory 1)
  (global (export "fuel") (mut i64) (i64.const 0))
  (func (export "abi_version") (result i32) (i32.const 1))
  (func (export "setup"))
  (func (export "step") (param $now i64) (result i32) (i32.const 0)))
