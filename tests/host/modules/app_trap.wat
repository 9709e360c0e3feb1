;; Divides by zero in its third step.
(module
  (memory 1)
  (global $left (mut i32) (i32.const 3))
  (func (export "abi_version") (result i32) (i32.const 1))
  (func (export "setup"))
  (func (export "step") (param $now i64) (result i32)
    (global.set $left (i32.sub (global.get $left) (i32.const 1)))
    (i32.div_u (i32.const 10) (global.get $left))))
