;; Loops for ever, with the guard that the build puts at every loop head.
(module
  (memory 1)
  (global $fuel (export "fuel") (mut i32) (i32.const 0))
  (func (export "abi_version") (result i32) (i32.const 1))
  (func (export "setup"))
  (func (export "step") (param $now i64) (result i32)
    (loop $for_ever
      (if (i32.eqz (global.get $fuel)) (then (unreachable)))
      (global.set $fuel (i32.sub (global.get $fuel) (i32.const 1)))
      (br $for_ever))
    (i32.const 0)))
