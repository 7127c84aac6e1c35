;; What the published network's trainer does beside convolutions: products of matrices, activations, pooling, steps.
;; Addresses, lengths and strides are in bytes; everything is float32, and rows of vectors are multiples of 16 bytes long.
(module
  (memory (import "env" "memory") 1)

  ;; Adds a product of matrices to `tiles` tiles of c, each 3 rows of 16 columns. Row r of tile t, column n:
  ;;   c[t cTile + r cRow + 4 n] += sum over i < inner of a[t aTile + r aRow + i aInner] * b[i bInner + 4 n]
  ;; The twelve sums stay in registers.
  (func (export "multiply")
    (param $c i32) (param $cTile i32) (param $cRow i32)
    (param $a i32) (param $aTile i32) (param $aRow i32)
    (param $b i32) (param $tiles i32)
    (param $inner i32) (param $aInner i32) (param $bInner i32)
    (local $c1 i32) (local $c2 i32) (local $aAt i32) (local $a1 i32) (local $a2 i32) (local $bAt i32)
    (local $i i32)
    (local $b0 v128) (local $b1 v128) (local $b2 v128) (local $b3 v128) (local $x v128)
    (local $s00 v128) (local $s01 v128) (local $s02 v128) (local $s03 v128)
    (local $s10 v128) (local $s11 v128) (local $s12 v128) (local $s13 v128)
    (local $s20 v128) (local $s21 v128) (local $s22 v128) (local $s23 v128)
    (block $done
      (loop $tile
        (br_if $done (i32.eqz (local.get $tiles)))
        (local.set $c1 (i32.add (local.get $c) (local.get $cRow)))
        (local.set $c2 (i32.add (local.get $c1) (local.get $cRow)))
        (local.set $s00 (v128.load (local.get $c))) (local.set $s01 (v128.load offset=16 (local.get $c)))
        (local.set $s02 (v128.load offset=32 (local.get $c))) (local.set $s03 (v128.load offset=48 (local.get $c)))
        (local.set $s10 (v128.load (local.get $c1))) (local.set $s11 (v128.load offset=16 (local.get $c1)))
        (local.set $s12 (v128.load offset=32 (local.get $c1))) (local.set $s13 (v128.load offset=48 (local.get $c1)))
        (local.set $s20 (v128.load (local.get $c2))) (local.set $s21 (v128.load offset=16 (local.get $c2)))
        (local.set $s22 (v128.load offset=32 (local.get $c2))) (local.set $s23 (v128.load offset=48 (local.get $c2)))
        (local.set $aAt (local.get $a))
        (local.set $a1 (i32.add (local.get $aAt) (local.get $aRow)))
        (local.set $a2 (i32.add (local.get $a1) (local.get $aRow)))
        (local.set $bAt (local.get $b))
        (local.set $i (local.get $inner))
        (loop $inside
          (local.set $b0 (v128.load (local.get $bAt))) (local.set $b1 (v128.load offset=16 (local.get $bAt)))
          (local.set $b2 (v128.load offset=32 (local.get $bAt))) (local.set $b3 (v128.load offset=48 (local.get $bAt)))
          (local.set $x (v128.load32_splat (local.get $aAt)))
          (local.set $s00 (f32x4.add (local.get $s00) (f32x4.mul (local.get $x) (local.get $b0))))
          (local.set $s01 (f32x4.add (local.get $s01) (f32x4.mul (local.get $x) (local.get $b1))))
          (local.set $s02 (f32x4.add (local.get $s02) (f32x4.mul (local.get $x) (local.get $b2))))
          (local.set $s03 (f32x4.add (local.get $s03) (f32x4.mul (local.get $x) (local.get $b3))))
          (local.set $x (v128.load32_splat (local.get $a1)))
          (local.set $s10 (f32x4.add (local.get $s10) (f32x4.mul (local.get $x) (local.get $b0))))
          (local.set $s11 (f32x4.add (local.get $s11) (f32x4.mul (local.get $x) (local.get $b1))))
          (local.set $s12 (f32x4.add (local.get $s12) (f32x4.mul (local.get $x) (local.get $b2))))
          (local.set $s13 (f32x4.add (local.get $s13) (f32x4.mul (local.get $x) (local.get $b3))))
          (local.set $x (v128.load32_splat (local.get $a2)))
          (local.set $s20 (f32x4.add (local.get $s20) (f32x4.mul (local.get $x) (local.get $b0))))
          (local.set $s21 (f32x4.add (local.get $s21) (f32x4.mul (local.get $x) (local.get $b1))))
          (local.set $s22 (f32x4.add (local.get $s22) (f32x4.mul (local.get $x) (local.get $b2))))
          (local.set $s23 (f32x4.add (local.get $s23) (f32x4.mul (local.get $x) (local.get $b3))))
          (local.set $aAt (i32.add (local.get $aAt) (local.get $aInner)))
          (local.set $a1 (i32.add (local.get $a1) (local.get $aInner)))
          (local.set $a2 (i32.add (local.get $a2) (local.get $aInner)))
          (local.set $bAt (i32.add (local.get $bAt) (local.get $bInner)))
          (br_if $inside (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
        (v128.store (local.get $c) (local.get $s00)) (v128.store offset=16 (local.get $c) (local.get $s01))
        (v128.store offset=32 (local.get $c) (local.get $s02)) (v128.store offset=48 (local.get $c) (local.get $s03))
        (v128.store (local.get $c1) (local.get $s10)) (v128.store offset=16 (local.get $c1) (local.get $s11))
        (v128.store offset=32 (local.get $c1) (local.get $s12)) (v128.store offset=48 (local.get $c1) (local.get $s13))
        (v128.store (local.get $c2) (local.get $s20)) (v128.store offset=16 (local.get $c2) (local.get $s21))
        (v128.store offset=32 (local.get $c2) (local.get $s22)) (v128.store offset=48 (local.get $c2) (local.get $s23))
        (local.set $c (i32.add (local.get $c) (local.get $cTile)))
        (local.set $a (i32.add (local.get $a) (local.get $aTile)))
        (local.set $tiles (i32.sub (local.get $tiles) (i32.const 1)))
        (br $tile))))

  ;; every row of out = vector
  (func (export "fillRows") (param $out i32) (param $vector i32) (param $rowBytes i32) (param $rows i32)
    (local $at i32)
    (block $done
      (loop $row
        (br_if $done (i32.eqz (local.get $rows)))
        (local.set $at (i32.const 0))
        (loop $lanes
          (v128.store (i32.add (local.get $out) (local.get $at))
            (v128.load (i32.add (local.get $vector) (local.get $at))))
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          (br_if $lanes (i32.lt_u (local.get $at) (local.get $rowBytes))))
        (local.set $out (i32.add (local.get $out) (local.get $rowBytes)))
        (local.set $rows (i32.sub (local.get $rows) (i32.const 1)))
        (br $row))))

  ;; out += the sum of all rows
  (func (export "sumRows") (param $out i32) (param $matrix i32) (param $rowBytes i32) (param $rows i32)
    (local $at i32) (local $row i32) (local $left i32) (local $sum v128)
    (loop $lanes
      (local.set $sum (v128.load (i32.add (local.get $out) (local.get $at))))
      (local.set $row (i32.add (local.get $matrix) (local.get $at)))
      (local.set $left (local.get $rows))
      (loop $next
        (local.set $sum (f32x4.add (local.get $sum) (v128.load (local.get $row))))
        (local.set $row (i32.add (local.get $row) (local.get $rowBytes)))
        (br_if $next (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
      (v128.store (i32.add (local.get $out) (local.get $at)) (local.get $sum))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $lanes (i32.lt_u (local.get $at) (local.get $rowBytes)))))

  ;; floats = max(0, floats)
  (func (export "rectify") (param $floats i32) (param $bytes i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $floats) (local.get $bytes)))
    (loop $next
      (v128.store (local.get $floats)
        (f32x4.max (v128.load (local.get $floats)) (v128.const f32x4 0 0 0 0)))
      (local.set $floats (i32.add (local.get $floats) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $floats) (local.get $end)))))

  ;; gradient = 0 where the rectified value is not positive
  (func (export "rectifyBack") (param $gradient i32) (param $values i32) (param $bytes i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $gradient) (local.get $bytes)))
    (loop $next
      (v128.store (local.get $gradient) (v128.and (v128.load (local.get $gradient))
        (f32x4.gt (v128.load (local.get $values)) (v128.const f32x4 0 0 0 0))))
      (local.set $gradient (i32.add (local.get $gradient) (i32.const 16)))
      (local.set $values (i32.add (local.get $values) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $gradient) (local.get $end)))))

  ;; One row of pixels out of two: out = max(0, the largest of 2 x 2). A pixel has pixelBytes of channels.
  (func (export "pool") (param $out i32) (param $top i32) (param $rowBytes i32) (param $pixelBytes i32) (param $pixels i32)
    (local $at i32) (local $end i32) (local $bottom i32)
    (local.set $bottom (i32.add (local.get $top) (local.get $rowBytes)))
    (block $done
      (loop $pixel
        (br_if $done (i32.eqz (local.get $pixels)))
        (local.set $end (i32.add (local.get $top) (local.get $pixelBytes)))
        (loop $lanes
          (v128.store (local.get $out) (f32x4.max (v128.const f32x4 0 0 0 0) (f32x4.max
            (f32x4.max (v128.load (local.get $top)) (v128.load (i32.add (local.get $top) (local.get $pixelBytes))))
            (f32x4.max (v128.load (local.get $bottom)) (v128.load (i32.add (local.get $bottom) (local.get $pixelBytes)))))))
          (local.set $out (i32.add (local.get $out) (i32.const 16)))
          (local.set $top (i32.add (local.get $top) (i32.const 16)))
          (local.set $bottom (i32.add (local.get $bottom) (i32.const 16)))
          (br_if $lanes (i32.lt_u (local.get $top) (local.get $end))))
        (local.set $top (i32.add (local.get $top) (local.get $pixelBytes)))
        (local.set $bottom (i32.add (local.get $bottom) (local.get $pixelBytes)))
        (local.set $pixels (i32.sub (local.get $pixels) (i32.const 1)))
        (br $pixel))))

  ;; Overwrites the two rows that `pool` read with their gradient: that of the pooled pixel, which is 0 where that is not
  ;; positive, at the first of the four that was the largest, 0 elsewhere.
  (func (export "poolBack")
    (param $top i32) (param $pooled i32) (param $gradient i32) (param $rowBytes i32) (param $pixelBytes i32) (param $pixels i32)
    (local $end i32) (local $bottom i32) (local $other i32) (local $largest v128) (local $left v128) (local $mask v128)
    (local.set $bottom (i32.add (local.get $top) (local.get $rowBytes)))
    (block $done
      (loop $pixel
        (br_if $done (i32.eqz (local.get $pixels)))
        (local.set $end (i32.add (local.get $top) (local.get $pixelBytes)))
        (loop $lanes
          (local.set $largest (v128.load (local.get $pooled)))
          (local.set $left (v128.load (local.get $gradient)))
          (local.set $mask (f32x4.eq (v128.load (local.get $top)) (local.get $largest)))
          (v128.store (local.get $top) (v128.and (local.get $left) (local.get $mask)))
          (local.set $left (v128.andnot (local.get $left) (local.get $mask)))
          (local.set $other (i32.add (local.get $top) (local.get $pixelBytes)))
          (local.set $mask (f32x4.eq (v128.load (local.get $other)) (local.get $largest)))
          (v128.store (local.get $other) (v128.and (local.get $left) (local.get $mask)))
          (local.set $left (v128.andnot (local.get $left) (local.get $mask)))
          (local.set $mask (f32x4.eq (v128.load (local.get $bottom)) (local.get $largest)))
          (v128.store (local.get $bottom) (v128.and (local.get $left) (local.get $mask)))
          (local.set $left (v128.andnot (local.get $left) (local.get $mask)))
          (local.set $other (i32.add (local.get $bottom) (local.get $pixelBytes)))
          (local.set $mask (f32x4.eq (v128.load (local.get $other)) (local.get $largest)))
          (v128.store (local.get $other) (v128.and (local.get $left) (local.get $mask)))
          (local.set $pooled (i32.add (local.get $pooled) (i32.const 16)))
          (local.set $gradient (i32.add (local.get $gradient) (i32.const 16)))
          (local.set $top (i32.add (local.get $top) (i32.const 16)))
          (local.set $bottom (i32.add (local.get $bottom) (i32.const 16)))
          (br_if $lanes (i32.lt_u (local.get $top) (local.get $end))))
        (local.set $top (i32.add (local.get $top) (local.get $pixelBytes)))
        (local.set $bottom (i32.add (local.get $bottom) (local.get $pixelBytes)))
        (local.set $pixels (i32.sub (local.get $pixels) (i32.const 1)))
        (br $pixel))))

  ;; the sum of the squares of $bytes of floats
  (func (export "squareSum") (param $floats i32) (param $bytes i32) (result f32)
    (local $end i32) (local $x v128) (local $sum v128)
    (local.set $end (i32.add (local.get $floats) (local.get $bytes)))
    (loop $next
      (local.set $x (v128.load (local.get $floats)))
      (local.set $sum (f32x4.add (local.get $sum) (f32x4.mul (local.get $x) (local.get $x))))
      (local.set $floats (i32.add (local.get $floats) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $floats) (local.get $end))))
    (f32.add
      (f32.add (f32x4.extract_lane 0 (local.get $sum)) (f32x4.extract_lane 1 (local.get $sum)))
      (f32.add (f32x4.extract_lane 2 (local.get $sum)) (f32x4.extract_lane 3 (local.get $sum)))))

  ;; velocity = decay * velocity + scale * gradient; params -= rate * velocity
  (func (export "descend")
    (param $params i32) (param $gradient i32) (param $velocity i32) (param $bytes i32)
    (param $scale f32) (param $rate f32) (param $decay f32)
    (local $at i32) (local $v v128)
    (loop $next
      (local.set $v (f32x4.add
        (f32x4.mul (f32x4.splat (local.get $decay)) (v128.load (i32.add (local.get $velocity) (local.get $at))))
        (f32x4.mul (f32x4.splat (local.get $scale)) (v128.load (i32.add (local.get $gradient) (local.get $at))))))
      (v128.store (i32.add (local.get $velocity) (local.get $at)) (local.get $v))
      (v128.store (i32.add (local.get $params) (local.get $at))
        (f32x4.sub (v128.load (i32.add (local.get $params) (local.get $at)))
          (f32x4.mul (f32x4.splat (local.get $rate)) (local.get $v))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $bytes)))))

  ;; Adam (Kingma and Ba 2014, arXiv 1412.6980) with g = scale * gradient:
  ;;   mean = 0.9 mean + 0.1 g, square = 0.999 square + 0.001 g^2
  ;;   params -= rate * mean / (1e-7 + sqrt(correction * square))
  ;; $rate has the learning rate and the correction of the mean in it.
  (func (export "descendAdam")
    (param $params i32) (param $gradient i32) (param $mean i32) (param $square i32) (param $bytes i32)
    (param $scale f32) (param $rate f32) (param $correction f32)
    (local $at i32) (local $g v128) (local $m v128) (local $v v128)
    (loop $next
      (local.set $g (f32x4.mul (f32x4.splat (local.get $scale)) (v128.load (i32.add (local.get $gradient) (local.get $at)))))
      (local.set $m (f32x4.add
        (f32x4.mul (f32x4.splat (f32.const 0.9)) (v128.load (i32.add (local.get $mean) (local.get $at))))
        (f32x4.mul (f32x4.splat (f32.const 0.1)) (local.get $g))))
      (local.set $v (f32x4.add
        (f32x4.mul (f32x4.splat (f32.const 0.999)) (v128.load (i32.add (local.get $square) (local.get $at))))
        (f32x4.mul (f32x4.splat (f32.const 0.001)) (f32x4.mul (local.get $g) (local.get $g)))))
      (v128.store (i32.add (local.get $mean) (local.get $at)) (local.get $m))
      (v128.store (i32.add (local.get $square) (local.get $at)) (local.get $v))
      (v128.store (i32.add (local.get $params) (local.get $at))
        (f32x4.sub (v128.load (i32.add (local.get $params) (local.get $at)))
          (f32x4.div
            (f32x4.mul (f32x4.splat (local.get $rate)) (local.get $m))
            (f32x4.add (f32x4.splat (f32.const 1e-7))
              (f32x4.sqrt (f32x4.mul (f32x4.splat (local.get $correction)) (local.get $v)))))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $bytes))))))
