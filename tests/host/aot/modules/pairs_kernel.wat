;; Pairs of operations that components/wasm3/edits/fused.mjs makes one: each as it stands, and with a place between the two that something
;; jumps to. Rows of `syscall` take $a, $b and $c; c that is not 0 takes the jump.
(module
  (import "host" "sys_reset_reason" (func $sys_reset_reason (result i32)))
  (memory 1)
  (data (i32.const 0) "\01\82\43\c4\05\86\47\c8\09\8a\4b\cc")
  (data (i32.const 4084) "\f1\e2\d3\c4\b5\a6\97\88\79\6a\5b\4c")
  (global $kept (mut i32) (i32.const 0))
  (func (export "abi_version") (result i32) (i32.const 1))
  (func (export "setup") (result i32) (i32.const 0))
  (func (export "step") (param i64) (result i32) (i32.const 1000))
  (func (export "exchange") (result i32) (i32.const 1024))
  (func (export "app_started") (param i32) (result i32) (i32.const 0))

  (func $second (param $a i32) (param $b i32) (result i32) (return (local.get $b)))
  (func $copied (param $a i32) (param $b i32) (param $c i32) (local $x i32)
    (global.set $kept (i32.const 5))
    (block $out (br_if $out (local.get $c)) (local.set $x (local.get $a)))
    (return))
  (func $multiplied (param $a i32) (param $b i32) (param $c i32) (local $x i32)
    (global.set $kept (i32.const 6))
    (block $out (br_if $out (local.get $c)) (local.set $x (i32.mul (local.get $a) (local.get $b))))
    (return))

  (func (export "syscall") (param $row i32) (param $now i64)
    (param $a i32) (param $b i32) (param $c i32) (param i32 i32 i32 i32 i32) (result i32)
    (local $x i32) (local $y i32) (local $z i32)
    (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block
    (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block
    (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block (block
    (block
    (br_table
      0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24
      25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48
      (local.get $row))
    ) ;; 0: i32_Load_i32_s, SetSlot_i32
    (local.set $x (i32.load (local.get $a)))
    (return (i32.xor (local.get $x) (local.get $c)))
    ) ;; 1: i32_Load_i32_s, a block's end, SetSlot_i32
    (local.set $x (block $out (result i32) (drop (br_if $out (i32.const 77) (local.get $c)))
      (i32.load (local.get $a))))
    (return (i32.xor (local.get $x) (local.get $b)))
    ) ;; 2: i32_Load_i32_s, SetSlot_i32 of a local that stays in its register
    (return (i32.add (local.tee $x (i32.load (local.get $a))) (i32.mul (local.get $x) (i32.const 3))))
    ) ;; 3: i32_Load_i32_r, SetSlot_i32
    (local.set $x (i32.load (i32.add (local.get $a) (local.get $b))))
    (return (i32.xor (local.get $x) (local.get $c)))
    ) ;; 4: i32_Load_i32_r, a block's end, SetSlot_i32
    (local.set $x (block $out (result i32) (drop (br_if $out (i32.const 77) (local.get $c)))
      (i32.load (i32.add (local.get $a) (local.get $b)))))
    (return (i32.xor (local.get $x) (local.get $b)))
    ) ;; 5: i32_Load_i32_r, SetSlot_i32 of a local that stays in its register
    (return (i32.add (local.tee $x (i32.load (i32.add (local.get $a) (local.get $b)))) (i32.mul (local.get $x) (i32.const 3))))
    ) ;; 6: i32_Load_u8_s, SetSlot_i32
    (local.set $x (i32.load8_u (local.get $a)))
    (return (i32.xor (local.get $x) (local.get $c)))
    ) ;; 7: i32_Load_u8_s, a block's end, SetSlot_i32
    (local.set $x (block $out (result i32) (drop (br_if $out (i32.const 77) (local.get $c)))
      (i32.load8_u (local.get $a))))
    (return (i32.xor (local.get $x) (local.get $b)))
    ) ;; 8: i32_Load_u8_s, SetSlot_i32 of a local that stays in its register
    (return (i32.add (local.tee $x (i32.load8_u (local.get $a))) (i32.mul (local.get $x) (i32.const 3))))
    ) ;; 9: i32_Add_rs, SetSlot_i32
    (local.set $x (i32.add (i32.mul (local.get $a) (local.get $b)) (local.get $c)))
    (return (i32.xor (local.get $x) (local.get $c)))
    ) ;; 10: i32_Add_rs, a block's end, SetSlot_i32
    (local.set $x (block $out (result i32) (drop (br_if $out (i32.const 77) (local.get $c)))
      (i32.add (i32.mul (local.get $a) (local.get $b)) (local.get $c))))
    (return (i32.xor (local.get $x) (local.get $b)))
    ) ;; 11: i32_Add_rs, SetSlot_i32 of a local that stays in its register
    (return (i32.add (local.tee $x (i32.add (i32.mul (local.get $a) (local.get $b)) (local.get $c))) (i32.mul (local.get $x) (i32.const 3))))
    ) ;; 12: i32_Add_ss, SetSlot_i32
    (local.set $x (i32.add (local.get $a) (local.get $b)))
    (return (i32.xor (local.get $x) (local.get $c)))
    ) ;; 13: i32_Add_ss, a block's end, SetSlot_i32
    (local.set $x (block $out (result i32) (drop (br_if $out (i32.const 77) (local.get $c)))
      (i32.add (local.get $a) (local.get $b))))
    (return (i32.xor (local.get $x) (local.get $b)))
    ) ;; 14: i32_Add_ss, SetSlot_i32 of a local that stays in its register
    (return (i32.add (local.tee $x (i32.add (local.get $a) (local.get $b))) (i32.mul (local.get $x) (i32.const 3))))
    ) ;; 15: i32_Subtract_ss, SetSlot_i32
    (local.set $x (i32.sub (local.get $a) (local.get $b)))
    (return (i32.xor (local.get $x) (local.get $c)))
    ) ;; 16: i32_Subtract_ss, a block's end, SetSlot_i32
    (local.set $x (block $out (result i32) (drop (br_if $out (i32.const 77) (local.get $c)))
      (i32.sub (local.get $a) (local.get $b))))
    (return (i32.xor (local.get $x) (local.get $b)))
    ) ;; 17: i32_Subtract_ss, SetSlot_i32 of a local that stays in its register
    (return (i32.add (local.tee $x (i32.sub (local.get $a) (local.get $b))) (i32.mul (local.get $x) (i32.const 3))))
    ) ;; 18: i32_Equal_rs, If_r
    (if (i32.eq (i32.mul (local.get $a) (local.get $b)) (local.get $c))
      (then (return (i32.const 11)))) (return (i32.const 22))
    ) ;; 19: i32_Equal_rs, If_r with an else
    (return (if (result i32) (i32.eq (i32.mul (local.get $a) (local.get $b)) (local.get $c))
      (then (local.get $a)) (else (i32.const 33))))
    ) ;; 20: i32_Equal_rs, a block's end, If_r
    (if (block $out (result i32) (drop (br_if $out (local.get $b) (local.get $c)))
      (i32.eq (i32.mul (local.get $a) (local.get $b)) (local.get $c)))
      (then (return (i32.const 44)))) (return (i32.const 55))
    ) ;; 21: i32_NotEqual_rs, If_r
    (if (i32.ne (i32.mul (local.get $a) (local.get $b)) (local.get $c))
      (then (return (i32.const 11)))) (return (i32.const 22))
    ) ;; 22: i32_NotEqual_rs, If_r with an else
    (return (if (result i32) (i32.ne (i32.mul (local.get $a) (local.get $b)) (local.get $c))
      (then (local.get $a)) (else (i32.const 33))))
    ) ;; 23: i32_NotEqual_rs, a block's end, If_r
    (if (block $out (result i32) (drop (br_if $out (local.get $b) (local.get $c)))
      (i32.ne (i32.mul (local.get $a) (local.get $b)) (local.get $c)))
      (then (return (i32.const 44)))) (return (i32.const 55))
    ) ;; 24: i32_LessThan_ss, If_r
    (if (i32.lt_s (local.get $a) (local.get $b))
      (then (return (i32.const 11)))) (return (i32.const 22))
    ) ;; 25: i32_LessThan_ss, If_r with an else
    (return (if (result i32) (i32.lt_s (local.get $a) (local.get $b))
      (then (local.get $a)) (else (i32.const 33))))
    ) ;; 26: i32_LessThan_ss, a block's end, If_r
    (if (block $out (result i32) (drop (br_if $out (local.get $b) (local.get $c)))
      (i32.lt_s (local.get $a) (local.get $b)))
      (then (return (i32.const 44)))) (return (i32.const 55))
    ) ;; 27: i32_GreaterThan_ss, If_r
    (if (i32.gt_s (local.get $a) (local.get $b))
      (then (return (i32.const 11)))) (return (i32.const 22))
    ) ;; 28: i32_GreaterThan_ss, If_r with an else
    (return (if (result i32) (i32.gt_s (local.get $a) (local.get $b))
      (then (local.get $a)) (else (i32.const 33))))
    ) ;; 29: i32_GreaterThan_ss, a block's end, If_r
    (if (block $out (result i32) (drop (br_if $out (local.get $b) (local.get $c)))
      (i32.gt_s (local.get $a) (local.get $b)))
      (then (return (i32.const 44)))) (return (i32.const 55))
    ) ;; 30: i32_EqualToZero_s, If_r
    (if (i32.eqz (local.get $b))
      (then (return (i32.const 11)))) (return (i32.const 22))
    ) ;; 31: i32_EqualToZero_s, If_r with an else
    (return (if (result i32) (i32.eqz (local.get $b))
      (then (local.get $a)) (else (i32.const 33))))
    ) ;; 32: i32_EqualToZero_s, a block's end, If_r
    (if (block $out (result i32) (drop (br_if $out (local.get $b) (local.get $c)))
      (i32.eqz (local.get $b)))
      (then (return (i32.const 44)))) (return (i32.const 55))
    ) ;; 33: i32_EqualToZero_r, If_r
    (if (i32.eqz (i32.mul (local.get $a) (local.get $b)))
      (then (return (i32.const 11)))) (return (i32.const 22))
    ) ;; 34: i32_EqualToZero_r, If_r with an else
    (return (if (result i32) (i32.eqz (i32.mul (local.get $a) (local.get $b)))
      (then (local.get $a)) (else (i32.const 33))))
    ) ;; 35: i32_EqualToZero_r, a block's end, If_r
    (if (block $out (result i32) (drop (br_if $out (local.get $b) (local.get $c)))
      (i32.eqz (i32.mul (local.get $a) (local.get $b))))
      (then (return (i32.const 44)))) (return (i32.const 55))
    ) ;; 36: u32_And_rs, If_r
    (if (i32.and (i32.mul (local.get $a) (local.get $b)) (local.get $c))
      (then (return (i32.const 11)))) (return (i32.const 22))
    ) ;; 37: u32_And_rs, If_r with an else
    (return (if (result i32) (i32.and (i32.mul (local.get $a) (local.get $b)) (local.get $c))
      (then (local.get $a)) (else (i32.const 33))))
    ) ;; 38: u32_And_rs, a block's end, If_r
    (if (block $out (result i32) (drop (br_if $out (local.get $b) (local.get $c)))
      (i32.and (i32.mul (local.get $a) (local.get $b)) (local.get $c)))
      (then (return (i32.const 44)))) (return (i32.const 55))
    ) ;; 39: CopySlot_32, CopySlot_32
    (local.set $x (local.get $a)) (local.set $y (local.get $b)) (return (i32.sub (local.get $x) (local.get $y)))
    ) ;; 40: three of them, the second copied by the third
    (local.set $x (local.get $a)) (local.set $y (local.get $x)) (local.set $z (local.get $y)) (return (i32.add (local.get $z) (local.get $b)))
    ) ;; 41: CopySlot_32, a block's end, CopySlot_32
    (block $out (br_if $out (local.get $c)) (local.set $x (local.get $a))) (local.set $y (local.get $b)) (return (i32.sub (local.get $x) (local.get $y)))
    ) ;; 42: CopySlot_32, a loop's head, CopySlot_32
    (local.set $x (local.get $a)) (loop $again (local.set $y (local.get $x)) (local.set $x (local.get $b)) (br_if $again (i32.ne (local.get $y) (local.get $b)))) (return (local.get $y))
    ) ;; 43: CopySlot_32, an else, CopySlot_32
    (if (local.get $c)
      (then (local.set $x (local.get $a))) (else (local.set $x (local.get $b)))) (local.set $y (local.get $x)) (return (i32.add (local.get $y) (i32.const 1)))
    ) ;; 44: CopySlot_32, Return
    (return (call $second (local.get $a) (local.get $b)))
    ) ;; 45: CopySlot_32, a block's end, Return
    (call $copied (local.get $a) (local.get $b) (local.get $c)) (return (global.get $kept))
    ) ;; 46: SetSlot_i32, Return
    (return (i32.mul (local.get $a) (local.get $b)))
    ) ;; 47: SetSlot_i32, a block's end, Return
    (call $multiplied (local.get $a) (local.get $b) (local.get $c)) (return (global.get $kept))
    )
    (i32.const -1)))
