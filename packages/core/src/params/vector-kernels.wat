;; The inner loops of params/vector.ts. Addresses are in bytes, counts in floats; counts are multiples of 4. A sum runs in
;; four lanes of doubles, element i in lane i mod 4, which begin and end at $sums.
(module
  (memory (import "env" "memory") 1)

  ;; sums += a^2
  (func (export "squares") (param $a i32) (param $count i32) (param $sums i32)
    (local $end i32) (local $x v128) (local $y v128) (local $low v128) (local $high v128)
    (local.set $end (i32.add (local.get $a) (i32.shl (local.get $count) (i32.const 2))))
    (local.set $low (v128.load (local.get $sums)))
    (local.set $high (v128.load offset=16 (local.get $sums)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $a) (local.get $end)))
        (local.set $x (f64x2.promote_low_f32x4 (v128.load64_zero (local.get $a))))
        (local.set $y (f64x2.promote_low_f32x4 (v128.load64_zero offset=8 (local.get $a))))
        (local.set $low (f64x2.add (local.get $low) (f64x2.mul (local.get $x) (local.get $x))))
        (local.set $high (f64x2.add (local.get $high) (f64x2.mul (local.get $y) (local.get $y))))
        (local.set $a (i32.add (local.get $a) (i32.const 16)))
        (br $next)))
    (v128.store (local.get $sums) (local.get $low))
    (v128.store offset=16 (local.get $sums) (local.get $high)))

  ;; a -= b; sums += a^2
  (func (export "subtract") (param $a i32) (param $b i32) (param $count i32) (param $sums i32)
    (local $end i32) (local $x v128) (local $y v128) (local $low v128) (local $high v128)
    (local.set $end (i32.add (local.get $a) (i32.shl (local.get $count) (i32.const 2))))
    (local.set $low (v128.load (local.get $sums)))
    (local.set $high (v128.load offset=16 (local.get $sums)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $a) (local.get $end)))
        (local.set $x (f32x4.sub (v128.load (local.get $a)) (v128.load (local.get $b))))
        (v128.store (local.get $a) (local.get $x))
        (local.set $y (f64x2.promote_low_f32x4
          (i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15 (local.get $x) (local.get $x))))
        (local.set $x (f64x2.promote_low_f32x4 (local.get $x)))
        (local.set $low (f64x2.add (local.get $low) (f64x2.mul (local.get $x) (local.get $x))))
        (local.set $high (f64x2.add (local.get $high) (f64x2.mul (local.get $y) (local.get $y))))
        (local.set $a (i32.add (local.get $a) (i32.const 16)))
        (local.set $b (i32.add (local.get $b) (i32.const 16)))
        (br $next)))
    (v128.store (local.get $sums) (local.get $low))
    (v128.store offset=16 (local.get $sums) (local.get $high)))

  ;; with c = a + b: sums += a c, the next four lanes += a^2, the four after those += c^2
  (func (export "products") (param $a i32) (param $b i32) (param $count i32) (param $sums i32)
    (local $end i32) (local $x v128) (local $y v128) (local $p v128) (local $q v128)
    (local $both v128) (local $bothHigh v128) (local $own v128) (local $ownHigh v128)
    (local $other v128) (local $otherHigh v128)
    (local.set $end (i32.add (local.get $a) (i32.shl (local.get $count) (i32.const 2))))
    (local.set $both (v128.load (local.get $sums)))
    (local.set $bothHigh (v128.load offset=16 (local.get $sums)))
    (local.set $own (v128.load offset=32 (local.get $sums)))
    (local.set $ownHigh (v128.load offset=48 (local.get $sums)))
    (local.set $other (v128.load offset=64 (local.get $sums)))
    (local.set $otherHigh (v128.load offset=80 (local.get $sums)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $a) (local.get $end)))
        (local.set $x (f32x4.add (v128.load (local.get $a)) (v128.load (local.get $b))))
        (local.set $y (f64x2.promote_low_f32x4
          (i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15 (local.get $x) (local.get $x))))
        (local.set $x (f64x2.promote_low_f32x4 (local.get $x)))
        (local.set $p (f64x2.promote_low_f32x4 (v128.load64_zero (local.get $a))))
        (local.set $q (f64x2.promote_low_f32x4 (v128.load64_zero offset=8 (local.get $a))))
        (local.set $both (f64x2.add (local.get $both) (f64x2.mul (local.get $p) (local.get $x))))
        (local.set $bothHigh (f64x2.add (local.get $bothHigh) (f64x2.mul (local.get $q) (local.get $y))))
        (local.set $own (f64x2.add (local.get $own) (f64x2.mul (local.get $p) (local.get $p))))
        (local.set $ownHigh (f64x2.add (local.get $ownHigh) (f64x2.mul (local.get $q) (local.get $q))))
        (local.set $other (f64x2.add (local.get $other) (f64x2.mul (local.get $x) (local.get $x))))
        (local.set $otherHigh (f64x2.add (local.get $otherHigh) (f64x2.mul (local.get $y) (local.get $y))))
        (local.set $a (i32.add (local.get $a) (i32.const 16)))
        (local.set $b (i32.add (local.get $b) (i32.const 16)))
        (br $next)))
    (v128.store (local.get $sums) (local.get $both))
    (v128.store offset=16 (local.get $sums) (local.get $bothHigh))
    (v128.store offset=32 (local.get $sums) (local.get $own))
    (v128.store offset=48 (local.get $sums) (local.get $ownHigh))
    (v128.store offset=64 (local.get $sums) (local.get $other))
    (v128.store offset=80 (local.get $sums) (local.get $otherHigh)))

  ;; y += factor x
  (func (export "axpy") (param $y i32) (param $x i32) (param $count i32) (param $factor f32)
    (local $end i32) (local $factors v128)
    (local.set $end (i32.add (local.get $y) (i32.shl (local.get $count) (i32.const 2))))
    (local.set $factors (f32x4.splat (local.get $factor)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $y) (local.get $end)))
        (v128.store (local.get $y) (f32x4.add (v128.load (local.get $y))
          (f32x4.mul (local.get $factors) (v128.load (local.get $x)))))
        (local.set $y (i32.add (local.get $y) (i32.const 16)))
        (local.set $x (i32.add (local.get $x) (i32.const 16)))
        (br $next))))

  ;; a += share (b - a)
  (func (export "lerp") (param $a i32) (param $b i32) (param $count i32) (param $share f32)
    (local $end i32) (local $x v128) (local $shares v128)
    (local.set $end (i32.add (local.get $a) (i32.shl (local.get $count) (i32.const 2))))
    (local.set $shares (f32x4.splat (local.get $share)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $a) (local.get $end)))
        (local.set $x (v128.load (local.get $a)))
        (v128.store (local.get $a) (f32x4.add (local.get $x)
          (f32x4.mul (local.get $shares) (f32x4.sub (v128.load (local.get $b)) (local.get $x)))))
        (local.set $a (i32.add (local.get $a) (i32.const 16)))
        (local.set $b (i32.add (local.get $b) (i32.const 16)))
        (br $next))))

  ;; with moved = scale d: follower += serving (reference + moved - follower), d = share moved
  (func (export "move")
    (param $d i32) (param $follower i32) (param $reference i32) (param $count i32)
    (param $scale f32) (param $share f32) (param $serving f32)
    (local $end i32) (local $x v128) (local $moved v128)
    (local $scales v128) (local $shares v128) (local $servings v128)
    (local.set $end (i32.add (local.get $d) (i32.shl (local.get $count) (i32.const 2))))
    (local.set $scales (f32x4.splat (local.get $scale)))
    (local.set $shares (f32x4.splat (local.get $share)))
    (local.set $servings (f32x4.splat (local.get $serving)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $d) (local.get $end)))
        (local.set $moved (f32x4.mul (local.get $scales) (v128.load (local.get $d))))
        (local.set $x (v128.load (local.get $follower)))
        (v128.store (local.get $follower) (f32x4.add (local.get $x) (f32x4.mul (local.get $servings)
          (f32x4.sub (f32x4.add (v128.load (local.get $reference)) (local.get $moved)) (local.get $x)))))
        (v128.store (local.get $d) (f32x4.mul (local.get $shares) (local.get $moved)))
        (local.set $d (i32.add (local.get $d) (i32.const 16)))
        (local.set $follower (i32.add (local.get $follower) (i32.const 16)))
        (local.set $reference (i32.add (local.get $reference) (i32.const 16)))
        (br $next)))))
