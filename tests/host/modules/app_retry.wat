;; Publishes in every step, and wants to be stepped again at once.
(module
  (import "kernel" "publish" (func $publish (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (memory 1)
  (func (export "abi_version") (result i32) (i32.const 1))
  (func (export "setup"))
  (func (export "step") (param $now i64) (result i32)
    (drop (call $publish
      (i32.const 0) (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 16) (i32.const 8)))
    (i32.const 0)))
