;; Returns two values at once.
(module
  (memory 1)
  (func (export "pair") (result i32 i32) (i32.const 1) (i32.const 2))
  (func (export "abi_version") (result i32) (i32.const 1))
  (func (export "setup"))
  (func (export "step") (param $now i64) (result i32) (i32.const 0)))
