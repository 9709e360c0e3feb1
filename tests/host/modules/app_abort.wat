;; Aborts in its set-up, with a message and a place.
(module
  (import "host" "abort" (func $abort (param i32 i32 i32 i32)))
  (memory 1)
  (data (i32.const 16) "no sensor")
  (func (export "abi_version") (result i32) (i32.const 1))
  (func (export "setup") (call $abort (i32.const 16) (i32.const 9) (i32.const 12) (i32.const 3)))
  (func (export "step") (param $now i64) (result i32) (i32.const 0)))
