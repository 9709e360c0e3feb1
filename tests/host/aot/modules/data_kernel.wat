;; A kernel that has data that ends one byte outside its 4096 bytes of memory.
(module
  (import "host" "sys_reset_reason" (func $sys_reset_reason (result i32)))
  (memory 1)
  (data (i32.const 4092) "fives")
  (func (export "abi_version") (result i32) (i32.const 1))
  (func (export "setup") (result i32) (i32.const 0))
  (func (export "step") (param i64) (result i32) (i32.const 1000))
  (func (export "exchange") (result i32) (i32.const 1024))
  (func (export "app_started") (param i32) (result i32) (i32.const 0))
  (func (export "syscall") (param i32 i64 i32 i32 i32 i32 i32 i32 i32 i32) (result i32) (i32.const 0)))
