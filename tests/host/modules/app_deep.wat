;; Calls itself without end, with a full row of arguments for the host at each level: the stack's edge is met by either.
(module
  (import "kernel" "publish" (func $publish (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (memory 1)
  (func (export "abi_version") (result i32) (i32.const 1))
  (func (export "setup"))
  (func $deeper (param $level i32) (result i32)
    (drop (call $publish (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)
      (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)))
    (i32.add (call $deeper (i32.add (local.get $level) (i32.const 1))) (i32.const 1)))
  (func (export "step") (param $now i64) (result i32) (call $deeper (i32.const 0))))
