;; Its data ends one byte past 4096.
(module
  (memory 1)
  (data (i32.const 4093) "abcd")
  (func (export "abi_version") (result i32) (i32.const 1))
  (func (export "setup"))
  (func (export "step") (param $now i64) (result i32) (i32.const 0)))
