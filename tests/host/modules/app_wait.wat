;; Waits in a guarded loop of 40 yields of 10 ms, more than its tank would last without refuelling.
(module
  (import "host" "yield" (func $yield (param i32) (result i32)))
  (memory 1)
  (global $fuel (export "fuel") (mut i32) (i32.const 0))
  (func (export "abi_version") (result i32) (i32.const 1))
  (func (export "setup"))
  (func (export "step") (param $now i64) (result i32) (local $left i32)
    (local.set $left (i32.const 40))
    (loop $waits
      (if (i32.eqz (global.get $fuel)) (then (unreachable)))
      (global.set $fuel (i32.sub (global.get $fuel) (i32.const 1)))
      (i32.store (i32.const 0) (call $yield (i32.const 10)))
      (if (i32.load (i32.const 0)) (then (return (i32.const 1000))))
      (local.set $left (i32.sub (local.get $left) (i32.const 1)))
      (br_if $waits (local.get $left)))
    (i32.const 1000)))
