;; A kernel that traps while it is instantiated.
(module
  (import "host" "sys_reset_reason" (func $sys_reset_reason (result i32)))
  (memory 1)
  (start $start)
  (func $start (drop (i32.div_u (i32.const 1) (call $sys_reset_reason))))
  (func (export "abi_version") (result i32) (i32.const 1))
  (func (export "setup") (result i32) (i32.const 0))
  (func (export "step") (param i64) (result i32) (i32.const 1000))
  (func (export "exchange") (result i32) (i32.const 1024))
  (func (export "app_started") (param i32) (result i32) (i32.const 0))
  (func (export "syscall") (param i32 i64 i32 i32 i32 i32 i32 i32 i32 i32) (result i32) (i32.const 0)))
