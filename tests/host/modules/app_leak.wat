;; Takes 256 bytes more of its memory at each step, and never gives them back.
(module
  (memory 1)
  (global $top (mut i32) (i32.const 16))
  (func (export "abi_version") (result i32) (i32.const 1))
  (func (export "setup"))
  (func (export "step") (param $now i64) (result i32)
    (i32.store (global.get $top) (i32.const 1))
    (global.set $top (i32.add (global.get $top) (i32.const 256)))
    (i32.const 10)))
