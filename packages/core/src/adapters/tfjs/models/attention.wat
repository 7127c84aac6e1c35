;; Causal attention of one head within one window, on rows of vectors. Addresses, steps and widths are in bytes, all
;; multiples of 16; a row of scores has room for whole vectors of four.
(module
  (memory (import "env" "memory") 1)

  ;; out[j] = factor * (a . b[j])
  (func $dots
    (param $out i32) (param $a i32) (param $b i32) (param $step i32) (param $count i32) (param $bytes i32)
    (param $factor f32)
    (local $at i32) (local $sum v128)
    (loop $each
      (local.set $sum (v128.const i32x4 0 0 0 0))
      (local.set $at (i32.const 0))
      (loop $along
        (local.set $sum (f32x4.add (local.get $sum) (f32x4.mul
          (v128.load (i32.add (local.get $a) (local.get $at)))
          (v128.load (i32.add (local.get $b) (local.get $at))))))
        (br_if $along (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 16))) (local.get $bytes))))
      ;; As in $across, which not every engine would inline here.
      (local.set $sum (f32x4.add (local.get $sum)
        (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $sum) (local.get $sum))))
      (f32.store (local.get $out) (f32.mul (local.get $factor)
        (f32.add (f32x4.extract_lane 0 (local.get $sum)) (f32x4.extract_lane 1 (local.get $sum)))))
      (local.set $out (i32.add (local.get $out) (i32.const 4)))
      (local.set $b (i32.add (local.get $b) (local.get $step)))
      (br_if $each (local.tee $count (i32.sub (local.get $count) (i32.const 1))))))

  ;; The sum of four lanes.
  (func $across (param $x v128) (result f32)
    (local.set $x (f32x4.add (local.get $x)
      (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $x) (local.get $x))))
    (f32.add (f32x4.extract_lane 0 (local.get $x)) (f32x4.extract_lane 1 (local.get $x))))

  ;; out = factor * sum over j of weights[j] * b[j]
  (func $mix
    (param $out i32) (param $weights i32) (param $b i32) (param $step i32) (param $count i32) (param $bytes i32)
    (param $factor f32)
    (local $at i32) (local $end i32) (local $from i32) (local $sum v128)
    (local.set $end (i32.add (local.get $weights) (i32.shl (local.get $count) (i32.const 2))))
    (loop $along
      (local.set $sum (v128.const i32x4 0 0 0 0))
      (local.set $at (local.get $weights))
      (local.set $from (local.get $b))
      (loop $each
        (local.set $sum (f32x4.add (local.get $sum) (f32x4.mul
          (v128.load32_splat (local.get $at))
          (v128.load (local.get $from)))))
        (local.set $from (i32.add (local.get $from) (local.get $step)))
        (br_if $each (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 4))) (local.get $end))))
      (v128.store (local.get $out) (f32x4.mul (local.get $sum) (f32x4.splat (local.get $factor))))
      (local.set $out (i32.add (local.get $out) (i32.const 16)))
      (local.set $b (i32.add (local.get $b) (i32.const 16)))
      (br_if $along (local.tee $bytes (i32.sub (local.get $bytes) (i32.const 16))))))

  ;; out[j] += weights[j] * a
  (func $spread
    (param $out i32) (param $step i32) (param $weights i32) (param $a i32) (param $count i32) (param $bytes i32)
    (local $at i32) (local $to i32) (local $end i32) (local $value v128)
    (local.set $end (i32.add (local.get $weights) (i32.shl (local.get $count) (i32.const 2))))
    (loop $along
      (local.set $value (v128.load (local.get $a)))
      (local.set $at (local.get $weights))
      (local.set $to (local.get $out))
      (loop $each
        (v128.store (local.get $to) (f32x4.add (v128.load (local.get $to)) (f32x4.mul
          (v128.load32_splat (local.get $at))
          (local.get $value))))
        (local.set $to (i32.add (local.get $to) (local.get $step)))
        (br_if $each (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 4))) (local.get $end))))
      (local.set $a (i32.add (local.get $a) (i32.const 16)))
      (local.set $out (i32.add (local.get $out) (i32.const 16)))
      (br_if $along (local.tee $bytes (i32.sub (local.get $bytes) (i32.const 16))))))

  ;; Fills the row up to whole vectors with scores that have no share.
  (func $fill (param $row i32) (param $count i32)
    (local $at i32)
    (local.set $at (i32.add (local.get $row) (i32.shl (local.get $count) (i32.const 2))))
    (block $full
      (loop $more
        (br_if $full (i32.eqz (i32.and (local.get $at) (i32.const 15))))
        (f32.store (local.get $at) (f32.const -1e30))
        (local.set $at (i32.add (local.get $at) (i32.const 4)))
        (br $more))))

  (func $largest (param $row i32) (param $end i32) (result f32)
    (local $most v128)
    (local.set $most (v128.const f32x4 -1e30 -1e30 -1e30 -1e30))
    (loop $next
      (local.set $most (f32x4.max (local.get $most) (v128.load (local.get $row))))
      (br_if $next (i32.lt_u (local.tee $row (i32.add (local.get $row) (i32.const 16))) (local.get $end))))
    (f32.max
      (f32.max (f32x4.extract_lane 0 (local.get $most)) (f32x4.extract_lane 1 (local.get $most)))
      (f32.max (f32x4.extract_lane 2 (local.get $most)) (f32x4.extract_lane 3 (local.get $most)))))

  ;; row = factor * exp(row - shift); the sum comes back. exp as 2^n times a polynomial of what is left (Moshier's
  ;; Cephes), to 2e-7 of it.
  (func $powers (param $row i32) (param $end i32) (param $shift f32) (param $factor f32) (result f32)
    (local $x v128) (local $n v128) (local $p v128) (local $sum v128)
    (loop $next
      (local.set $x (f32x4.max
        (f32x4.sub (v128.load (local.get $row)) (f32x4.splat (local.get $shift)))
        (v128.const f32x4 -87 -87 -87 -87)))
      (local.set $n (f32x4.nearest (f32x4.mul (local.get $x)
        (v128.const f32x4 1.44269504 1.44269504 1.44269504 1.44269504))))
      (local.set $x (f32x4.sub (local.get $x) (f32x4.mul (local.get $n)
        (v128.const f32x4 0.693359375 0.693359375 0.693359375 0.693359375))))
      (local.set $x (f32x4.add (local.get $x) (f32x4.mul (local.get $n)
        (v128.const f32x4 2.12194440e-4 2.12194440e-4 2.12194440e-4 2.12194440e-4))))
      (local.set $p (v128.const f32x4 1.9875691500e-4 1.9875691500e-4 1.9875691500e-4 1.9875691500e-4))
      (local.set $p (f32x4.add (f32x4.mul (local.get $p) (local.get $x))
        (v128.const f32x4 1.3981999507e-3 1.3981999507e-3 1.3981999507e-3 1.3981999507e-3)))
      (local.set $p (f32x4.add (f32x4.mul (local.get $p) (local.get $x))
        (v128.const f32x4 8.3334519073e-3 8.3334519073e-3 8.3334519073e-3 8.3334519073e-3)))
      (local.set $p (f32x4.add (f32x4.mul (local.get $p) (local.get $x))
        (v128.const f32x4 4.1665795894e-2 4.1665795894e-2 4.1665795894e-2 4.1665795894e-2)))
      (local.set $p (f32x4.add (f32x4.mul (local.get $p) (local.get $x))
        (v128.const f32x4 1.6666665459e-1 1.6666665459e-1 1.6666665459e-1 1.6666665459e-1)))
      (local.set $p (f32x4.add (f32x4.mul (local.get $p) (local.get $x))
        (v128.const f32x4 0.5 0.5 0.5 0.5)))
      (local.set $p (f32x4.add
        (f32x4.mul (f32x4.mul (local.get $p) (local.get $x)) (local.get $x))
        (f32x4.add (local.get $x) (v128.const f32x4 1 1 1 1))))
      (local.set $p (f32x4.mul (local.get $p) (i32x4.shl
        (i32x4.add (i32x4.trunc_sat_f32x4_s (local.get $n)) (v128.const i32x4 127 127 127 127))
        (i32.const 23))))
      (local.set $p (f32x4.mul (local.get $p) (f32x4.splat (local.get $factor))))
      (local.set $sum (f32x4.add (local.get $sum) (local.get $p)))
      (v128.store (local.get $row) (local.get $p))
      (br_if $next (i32.lt_u (local.tee $row (i32.add (local.get $row) (i32.const 16))) (local.get $end))))
    (call $across (local.get $sum)))

  ;; y[i] = sum over j <= i of the softmax of factor * (q[i] . k[j]), times v[j]. $qkv is where the head's first query
  ;; lies, its key $apart after it, its value as far again. $sums gets the largest score of each row and 1 / the sum of
  ;; the powers of the others beside it.
  (func (export "attend")
    (param $qkv i32) (param $y i32) (param $sums i32) (param $row i32)
    (param $step i32) (param $yStep i32) (param $sumStep i32) (param $apart i32)
    (param $context i32) (param $bytes i32) (param $factor f32)
    (local $count i32) (local $q i32) (local $end i32) (local $most f32) (local $share f32)
    (local.set $q (local.get $qkv))
    (loop $each
      (local.set $count (i32.add (local.get $count) (i32.const 1)))
      (call $dots (local.get $row) (local.get $q) (i32.add (local.get $qkv) (local.get $apart)) (local.get $step)
        (local.get $count) (local.get $bytes) (local.get $factor))
      (call $fill (local.get $row) (local.get $count))
      (local.set $end (i32.add (local.get $row) (i32.shl (local.get $count) (i32.const 2))))
      (local.set $most (call $largest (local.get $row) (local.get $end)))
      (local.set $share (f32.div (f32.const 1)
        (call $powers (local.get $row) (local.get $end) (local.get $most) (f32.const 1))))
      (f32.store (local.get $sums) (local.get $most))
      (f32.store offset=4 (local.get $sums) (local.get $share))
      (call $mix (local.get $y) (local.get $row)
        (i32.add (local.get $qkv) (i32.shl (local.get $apart) (i32.const 1))) (local.get $step)
        (local.get $count) (local.get $bytes) (local.get $share))
      (local.set $q (i32.add (local.get $q) (local.get $step)))
      (local.set $y (i32.add (local.get $y) (local.get $yStep)))
      (local.set $sums (i32.add (local.get $sums) (local.get $sumStep)))
      (br_if $each (i32.lt_u (local.get $count) (local.get $context)))))

  ;; The gradients at queries, keys and values, which lie like them from $dqkv on and begin as zeros. $row has room for
  ;; two rows of scores, the second $context floats, filled up, after the first.
  (func (export "attendBack")
    (param $qkv i32) (param $y i32) (param $sums i32) (param $dy i32) (param $dqkv i32) (param $row i32) (param $second i32)
    (param $step i32) (param $yStep i32) (param $sumStep i32) (param $apart i32)
    (param $context i32) (param $bytes i32) (param $factor f32)
    (local $count i32) (local $q i32) (local $dq i32) (local $k i32) (local $v i32) (local $end i32)
    (local $at i32) (local $mean v128)
    (local.set $q (local.get $qkv))
    (local.set $dq (local.get $dqkv))
    (local.set $k (i32.add (local.get $qkv) (local.get $apart)))
    (local.set $v (i32.add (local.get $k) (local.get $apart)))
    (loop $each
      (local.set $count (i32.add (local.get $count) (i32.const 1)))
      (local.set $end (i32.add (local.get $row) (i32.shl (local.get $count) (i32.const 2))))
      (call $dots (local.get $row) (local.get $q) (local.get $k) (local.get $step)
        (local.get $count) (local.get $bytes) (local.get $factor))
      (call $fill (local.get $row) (local.get $count))
      (drop (call $powers (local.get $row) (local.get $end)
        (f32.load (local.get $sums)) (f32.load offset=4 (local.get $sums))))
      ;; dy . y, in the place of the first slope for a moment
      (call $dots (local.get $second) (local.get $dy) (local.get $y) (local.get $yStep)
        (i32.const 1) (local.get $bytes) (f32.const 1))
      (local.set $mean (v128.load32_splat (local.get $second)))
      (call $dots (local.get $second) (local.get $dy) (local.get $v) (local.get $step)
        (local.get $count) (local.get $bytes) (f32.const 1))
      (local.set $at (i32.const 0))
      (loop $along
        (v128.store (i32.add (local.get $second) (local.get $at)) (f32x4.mul
          (f32x4.mul (f32x4.splat (local.get $factor)) (v128.load (i32.add (local.get $row) (local.get $at))))
          (f32x4.sub (v128.load (i32.add (local.get $second) (local.get $at))) (local.get $mean))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br_if $along (i32.lt_u (i32.add (local.get $row) (local.get $at)) (local.get $end))))
      (call $mix (local.get $dq) (local.get $second) (local.get $k) (local.get $step)
        (local.get $count) (local.get $bytes) (f32.const 1))
      (call $spread (i32.add (local.get $dqkv) (local.get $apart)) (local.get $step) (local.get $second) (local.get $q)
        (local.get $count) (local.get $bytes))
      (call $spread (i32.add (local.get $dqkv) (i32.shl (local.get $apart) (i32.const 1))) (local.get $step)
        (local.get $row) (local.get $dy) (local.get $count) (local.get $bytes))
      (local.set $q (i32.add (local.get $q) (local.get $step)))
      (local.set $dq (i32.add (local.get $dq) (local.get $step)))
      (local.set $y (i32.add (local.get $y) (local.get $yStep)))
      (local.set $dy (i32.add (local.get $dy) (local.get $yStep)))
      (local.set $sums (i32.add (local.get $sums) (local.get $sumStep)))
      (br_if $each (i32.lt_u (local.get $count) (local.get $context)))))
)
