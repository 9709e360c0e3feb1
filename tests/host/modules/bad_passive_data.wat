;; Keeps data for memory.init.
(module
  (memory 1)
  (data "abcd")
  (func (export "abi_version") (result i32) (i32.const 1))
  (func (export "setup"))
  (func (export "step") (param $now i64) (result i32) (i32.const 0)))
