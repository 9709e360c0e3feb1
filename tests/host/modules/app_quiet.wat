;; An app without a fault: 0 steps, 4 collections, 8 result of step.
(module
  (memory 1)
  (func $count (param $at i32)
    (i32.store (local.get $at) (i32.add (i32.load (local.get $at)) (i32.const 1))))
  (func (export "abi_version") (result i32) (i32.const 1))
  (func (export "setup") (i32.store (i32.const 8) (i32.const 250)))
  (func (export "step") (param $now i64) (result i32)
    (call $count (i32.const 0))
    (i32.load (i32.const 8)))
  (func (export "__collect") (call $count (i32.const 4))))
