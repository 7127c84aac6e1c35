;; The inner loops of the plain trainer. Addresses and lengths are in bytes.
;;
;; A matrix has rows of $rowBytes, a multiple of 16; its last row is the bias. A list of entries stands for a sparse
;; vector: for each a column (uint32) and a value (float32). Row i of the matrix belongs to column i.
(module
  (memory (import "env" "memory") 1)

  ;; out = sum over the entries of value * row(column)
  (func (export "sumRows")
    (param $out i32) (param $matrix i32) (param $entries i32) (param $count i32) (param $rowBytes i32)
    (local $at i32) (local $entry i32) (local $end i32) (local $row i32) (local $value v128)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local $e v128) (local $f v128) (local $g v128) (local $h v128)
    (local.set $end (i32.add (local.get $entries) (i32.shl (local.get $count) (i32.const 3))))
    ;; 32 columns at a time, their sums in registers
    (block $narrow
      (loop $wide
        (br_if $narrow (i32.gt_u (i32.add (local.get $at) (i32.const 128)) (local.get $rowBytes)))
        (local.set $a (v128.const i32x4 0 0 0 0)) (local.set $b (v128.const i32x4 0 0 0 0))
        (local.set $c (v128.const i32x4 0 0 0 0)) (local.set $d (v128.const i32x4 0 0 0 0))
        (local.set $e (v128.const i32x4 0 0 0 0)) (local.set $f (v128.const i32x4 0 0 0 0))
        (local.set $g (v128.const i32x4 0 0 0 0)) (local.set $h (v128.const i32x4 0 0 0 0))
        (local.set $entry (local.get $entries))
        (block $summed
          (loop $next
            (br_if $summed (i32.ge_u (local.get $entry) (local.get $end)))
            (local.set $row (i32.add (i32.add (local.get $matrix) (local.get $at))
              (i32.mul (i32.load (local.get $entry)) (local.get $rowBytes))))
            (local.set $value (v128.load32_splat offset=4 (local.get $entry)))
            (local.set $a (f32x4.add (local.get $a) (f32x4.mul (local.get $value) (v128.load (local.get $row)))))
            (local.set $b (f32x4.add (local.get $b) (f32x4.mul (local.get $value) (v128.load offset=16 (local.get $row)))))
            (local.set $c (f32x4.add (local.get $c) (f32x4.mul (local.get $value) (v128.load offset=32 (local.get $row)))))
            (local.set $d (f32x4.add (local.get $d) (f32x4.mul (local.get $value) (v128.load offset=48 (local.get $row)))))
            (local.set $e (f32x4.add (local.get $e) (f32x4.mul (local.get $value) (v128.load offset=64 (local.get $row)))))
            (local.set $f (f32x4.add (local.get $f) (f32x4.mul (local.get $value) (v128.load offset=80 (local.get $row)))))
            (local.set $g (f32x4.add (local.get $g) (f32x4.mul (local.get $value) (v128.load offset=96 (local.get $row)))))
            (local.set $h (f32x4.add (local.get $h) (f32x4.mul (local.get $value) (v128.load offset=112 (local.get $row)))))
            (local.set $entry (i32.add (local.get $entry) (i32.const 8)))
            (br $next)))
        (local.set $row (i32.add (local.get $out) (local.get $at)))
        (v128.store (local.get $row) (local.get $a)) (v128.store offset=16 (local.get $row) (local.get $b))
        (v128.store offset=32 (local.get $row) (local.get $c)) (v128.store offset=48 (local.get $row) (local.get $d))
        (v128.store offset=64 (local.get $row) (local.get $e)) (v128.store offset=80 (local.get $row) (local.get $f))
        (v128.store offset=96 (local.get $row) (local.get $g)) (v128.store offset=112 (local.get $row) (local.get $h))
        (local.set $at (i32.add (local.get $at) (i32.const 128)))
        (br $wide)))
    ;; the rest, 4 columns at a time
    (block $done
      (loop $narrow
        (br_if $done (i32.ge_u (local.get $at) (local.get $rowBytes)))
        (local.set $a (v128.const i32x4 0 0 0 0))
        (local.set $entry (local.get $entries))
        (block $summed
          (loop $next
            (br_if $summed (i32.ge_u (local.get $entry) (local.get $end)))
            (local.set $a (f32x4.add (local.get $a) (f32x4.mul
              (v128.load32_splat offset=4 (local.get $entry))
              (v128.load (i32.add (i32.add (local.get $matrix) (local.get $at))
                (i32.mul (i32.load (local.get $entry)) (local.get $rowBytes)))))))
            (local.set $entry (i32.add (local.get $entry) (i32.const 8)))
            (br $next)))
        (v128.store (i32.add (local.get $out) (local.get $at)) (local.get $a))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $narrow))))

  ;; for each entry: row(column) += value * vector
  (func (export "addRows")
    (param $matrix i32) (param $entries i32) (param $count i32) (param $vector i32) (param $rowBytes i32)
    (local $at i32) (local $entry i32) (local $end i32) (local $row i32) (local $value v128)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local $e v128) (local $f v128) (local $g v128) (local $h v128)
    (local.set $end (i32.add (local.get $entries) (i32.shl (local.get $count) (i32.const 3))))
    (block $narrow
      (loop $wide
        (br_if $narrow (i32.gt_u (i32.add (local.get $at) (i32.const 128)) (local.get $rowBytes)))
        (local.set $row (i32.add (local.get $vector) (local.get $at)))
        (local.set $a (v128.load (local.get $row))) (local.set $b (v128.load offset=16 (local.get $row)))
        (local.set $c (v128.load offset=32 (local.get $row))) (local.set $d (v128.load offset=48 (local.get $row)))
        (local.set $e (v128.load offset=64 (local.get $row))) (local.set $f (v128.load offset=80 (local.get $row)))
        (local.set $g (v128.load offset=96 (local.get $row))) (local.set $h (v128.load offset=112 (local.get $row)))
        (local.set $entry (local.get $entries))
        (block $added
          (loop $next
            (br_if $added (i32.ge_u (local.get $entry) (local.get $end)))
            (local.set $row (i32.add (i32.add (local.get $matrix) (local.get $at))
              (i32.mul (i32.load (local.get $entry)) (local.get $rowBytes))))
            (local.set $value (v128.load32_splat offset=4 (local.get $entry)))
            (v128.store (local.get $row) (f32x4.add (v128.load (local.get $row)) (f32x4.mul (local.get $value) (local.get $a))))
            (v128.store offset=16 (local.get $row) (f32x4.add (v128.load offset=16 (local.get $row)) (f32x4.mul (local.get $value) (local.get $b))))
            (v128.store offset=32 (local.get $row) (f32x4.add (v128.load offset=32 (local.get $row)) (f32x4.mul (local.get $value) (local.get $c))))
            (v128.store offset=48 (local.get $row) (f32x4.add (v128.load offset=48 (local.get $row)) (f32x4.mul (local.get $value) (local.get $d))))
            (v128.store offset=64 (local.get $row) (f32x4.add (v128.load offset=64 (local.get $row)) (f32x4.mul (local.get $value) (local.get $e))))
            (v128.store offset=80 (local.get $row) (f32x4.add (v128.load offset=80 (local.get $row)) (f32x4.mul (local.get $value) (local.get $f))))
            (v128.store offset=96 (local.get $row) (f32x4.add (v128.load offset=96 (local.get $row)) (f32x4.mul (local.get $value) (local.get $g))))
            (v128.store offset=112 (local.get $row) (f32x4.add (v128.load offset=112 (local.get $row)) (f32x4.mul (local.get $value) (local.get $h))))
            (local.set $entry (i32.add (local.get $entry) (i32.const 8)))
            (br $next)))
        (local.set $at (i32.add (local.get $at) (i32.const 128)))
        (br $wide)))
    (block $done
      (loop $narrow
        (br_if $done (i32.ge_u (local.get $at) (local.get $rowBytes)))
        (local.set $a (v128.load (i32.add (local.get $vector) (local.get $at))))
        (local.set $entry (local.get $entries))
        (block $added
          (loop $next
            (br_if $added (i32.ge_u (local.get $entry) (local.get $end)))
            (local.set $row (i32.add (i32.add (local.get $matrix) (local.get $at))
              (i32.mul (i32.load (local.get $entry)) (local.get $rowBytes))))
            (v128.store (local.get $row) (f32x4.add (v128.load (local.get $row))
              (f32x4.mul (v128.load32_splat offset=4 (local.get $entry)) (local.get $a))))
            (local.set $entry (i32.add (local.get $entry) (i32.const 8)))
            (br $next)))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $narrow))))

  ;; The entries of the positive ones among $count floats, in order; how many they are is the result. NaN stays too, so
  ;; that it is seen in the loss.
  (func (export "rectify") (param $entries i32) (param $floats i32) (param $count i32) (result i32)
    (local $column i32) (local $entry i32)
    (local.set $entry (local.get $entries))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $column) (local.get $count)))
        ;; written always, kept if positive: no branch to mispredict
        (i32.store (local.get $entry) (local.get $column))
        (f32.store offset=4 (local.get $entry) (f32.load (local.get $floats)))
        (local.set $entry (i32.add (local.get $entry)
          (i32.shl (i32.eqz (f32.le (f32.load (local.get $floats)) (f32.const 0))) (i32.const 3))))
        (local.set $floats (i32.add (local.get $floats) (i32.const 4)))
        (local.set $column (i32.add (local.get $column) (i32.const 1)))
        (br $next)))
    (i32.shr_u (i32.sub (local.get $entry) (local.get $entries)) (i32.const 3)))

  ;; for each entry: out[column] = row(column) . vector; the other elements of $out stay
  (func (export "dotRows")
    (param $out i32) (param $matrix i32) (param $entries i32) (param $count i32) (param $vector i32) (param $rowBytes i32)
    (local $end i32) (local $at i32) (local $row i32) (local $sum v128)
    (local.set $end (i32.add (local.get $entries) (i32.shl (local.get $count) (i32.const 3))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $entries) (local.get $end)))
        (local.set $row (i32.add (local.get $matrix) (i32.mul (i32.load (local.get $entries)) (local.get $rowBytes))))
        (local.set $sum (v128.const i32x4 0 0 0 0))
        (local.set $at (i32.const 0))
        (loop $lanes
          (local.set $sum (f32x4.add (local.get $sum) (f32x4.mul
            (v128.load (i32.add (local.get $row) (local.get $at)))
            (v128.load (i32.add (local.get $vector) (local.get $at))))))
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          (br_if $lanes (i32.lt_u (local.get $at) (local.get $rowBytes))))
        (f32.store (i32.add (local.get $out) (i32.shl (i32.load (local.get $entries)) (i32.const 2)))
          (f32.add
            (f32.add (f32x4.extract_lane 0 (local.get $sum)) (f32x4.extract_lane 1 (local.get $sum)))
            (f32.add (f32x4.extract_lane 2 (local.get $sum)) (f32x4.extract_lane 3 (local.get $sum)))))
        (local.set $entries (i32.add (local.get $entries) (i32.const 8)))
        (br $next))))

  ;; the sum of the squares of $bytes of floats, a multiple of 16
  (func (export "squareSum") (param $floats i32) (param $bytes i32) (result f32)
    (local $end i32) (local $x v128) (local $sum v128)
    (local.set $end (i32.add (local.get $floats) (local.get $bytes)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $floats) (local.get $end)))
        (local.set $x (v128.load (local.get $floats)))
        (local.set $sum (f32x4.add (local.get $sum) (f32x4.mul (local.get $x) (local.get $x))))
        (local.set $floats (i32.add (local.get $floats) (i32.const 16)))
        (br $next)))
    (f32.add
      (f32.add (f32x4.extract_lane 0 (local.get $sum)) (f32x4.extract_lane 1 (local.get $sum)))
      (f32.add (f32x4.extract_lane 2 (local.get $sum)) (f32x4.extract_lane 3 (local.get $sum)))))

  ;; params -= rate * gradient, and gradient = 0; $bytes is a multiple of 16
  (func (export "descend") (param $params i32) (param $gradient i32) (param $bytes i32) (param $rate f32)
    (local $end i32) (local $factor v128)
    (local.set $end (i32.add (local.get $params) (local.get $bytes)))
    (local.set $factor (f32x4.splat (local.get $rate)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $params) (local.get $end)))
        (v128.store (local.get $params) (f32x4.sub (v128.load (local.get $params))
          (f32x4.mul (local.get $factor) (v128.load (local.get $gradient)))))
        (v128.store (local.get $gradient) (v128.const i32x4 0 0 0 0))
        (local.set $params (i32.add (local.get $params) (i32.const 16)))
        (local.set $gradient (i32.add (local.get $gradient) (i32.const 16)))
        (br $next))))

  ;; Adam (Kingma and Ba 2014, arXiv 1412.6980) with g = scale * gradient:
  ;;   mean = 0.9 mean + 0.1 g, square = 0.999 square + 0.001 g^2
  ;;   params -= rate * mean / (1e-7 + sqrt(correction * square)), and gradient = 0
  ;; $rate has the learning rate and the correction of the mean in it.
  (func (export "descendAdam")
    (param $params i32) (param $gradient i32) (param $mean i32) (param $square i32) (param $bytes i32)
    (param $scale f32) (param $rate f32) (param $correction f32)
    (local $at i32) (local $g v128) (local $m v128) (local $v v128)
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (local.get $bytes)))
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
        (v128.store (i32.add (local.get $gradient) (local.get $at)) (v128.const i32x4 0 0 0 0))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $next)))))
