;; The inner loops of difference codecs. Addresses are in bytes, counts in values; counts are multiples of 16.
(module
  (memory (import "env" "memory") 1)

  ;; differences = floats - references; then the sum of magnitudes and the sum of squares at $sums. Sums run in four
  ;; lanes, so that every implementation rounds alike.
  (func (export "difference")
    (param $differences i32) (param $floats i32) (param $references i32) (param $count i32) (param $sums i32)
    (local $end i32) (local $x v128) (local $magnitudes v128) (local $squares v128)
    (local.set $end (i32.add (local.get $floats) (i32.shl (local.get $count) (i32.const 2))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $floats) (local.get $end)))
        (local.set $x (f32x4.sub (v128.load (local.get $floats)) (v128.load (local.get $references))))
        (v128.store (local.get $differences) (local.get $x))
        (local.set $magnitudes (f32x4.add (local.get $magnitudes) (f32x4.abs (local.get $x))))
        (local.set $squares (f32x4.add (local.get $squares) (f32x4.mul (local.get $x) (local.get $x))))
        (local.set $differences (i32.add (local.get $differences) (i32.const 16)))
        (local.set $floats (i32.add (local.get $floats) (i32.const 16)))
        (local.set $references (i32.add (local.get $references) (i32.const 16)))
        (br $next)))
    (f32.store offset=0 (local.get $sums) (call $laneSum (local.get $magnitudes)))
    (f32.store offset=4 (local.get $sums) (call $laneSum (local.get $squares))))

  (func $laneSum (param $lanes v128) (result f32)
    (f32.add
      (f32.add (f32x4.extract_lane 0 (local.get $lanes)) (f32x4.extract_lane 2 (local.get $lanes)))
      (f32.add (f32x4.extract_lane 1 (local.get $lanes)) (f32x4.extract_lane 3 (local.get $lanes)))))

  ;; The sum of the magnitudes above $threshold and how many there are, both as floats, at $sums.
  (func (export "sumAbove") (param $floats i32) (param $count i32) (param $threshold f32) (param $sums i32)
    (local $end i32) (local $x v128) (local $above v128) (local $sum v128) (local $number v128) (local $limit v128)
    (local.set $end (i32.add (local.get $floats) (i32.shl (local.get $count) (i32.const 2))))
    (local.set $limit (f32x4.splat (local.get $threshold)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $floats) (local.get $end)))
        (local.set $x (f32x4.abs (v128.load (local.get $floats))))
        (local.set $above (f32x4.gt (local.get $x) (local.get $limit)))
        (local.set $sum (f32x4.add (local.get $sum) (v128.and (local.get $x) (local.get $above))))
        (local.set $number (f32x4.add (local.get $number)
          (v128.and (f32x4.splat (f32.const 1)) (local.get $above))))
        (local.set $floats (i32.add (local.get $floats) (i32.const 16)))
        (br $next)))
    (f32.store offset=0 (local.get $sums) (call $laneSum (local.get $sum)))
    (f32.store offset=4 (local.get $sums) (call $laneSum (local.get $number))))

  ;; One bit for each float, lowest first: 1 where it is below zero.
  (func (export "packSigns") (param $bytes i32) (param $floats i32) (param $count i32)
    (local $end i32) (local $zero v128)
    (local.set $end (i32.add (local.get $floats) (i32.shl (local.get $count) (i32.const 2))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $floats) (local.get $end)))
        (i32.store16 (local.get $bytes) (i8x16.bitmask (call $narrow
          (f32x4.lt (v128.load offset=0 (local.get $floats)) (local.get $zero))
          (f32x4.lt (v128.load offset=16 (local.get $floats)) (local.get $zero))
          (f32x4.lt (v128.load offset=32 (local.get $floats)) (local.get $zero))
          (f32x4.lt (v128.load offset=48 (local.get $floats)) (local.get $zero)))))
        (local.set $bytes (i32.add (local.get $bytes) (i32.const 2)))
        (local.set $floats (i32.add (local.get $floats) (i32.const 64)))
        (br $next))))

  (func $narrow (param $a v128) (param $b v128) (param $c v128) (param $d v128) (result v128)
    (i8x16.narrow_i16x8_s
      (i16x8.narrow_i32x4_s (local.get $a) (local.get $b))
      (i16x8.narrow_i32x4_s (local.get $c) (local.get $d))))

  ;; codes = -1 for a bit that is set, otherwise 1
  (func (export "unpackSigns") (param $codes i32) (param $bytes i32) (param $count i32)
    (local $end i32) (local $x v128)
    (local.set $end (i32.add (local.get $codes) (local.get $count)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $codes) (local.get $end)))
        (local.set $x (v128.load16_splat (local.get $bytes)))
        (local.set $x (v128.and
          (i8x16.shuffle 0 0 0 0 0 0 0 0 1 1 1 1 1 1 1 1 (local.get $x) (local.get $x))
          (v128.const i8x16 1 2 4 8 16 32 64 128 1 2 4 8 16 32 64 128)))
        (v128.store (local.get $codes) (v128.or (i8x16.splat (i32.const 1))
          (i8x16.ne (local.get $x) (v128.const i32x4 0 0 0 0))))
        (local.set $bytes (i32.add (local.get $bytes) (i32.const 2)))
        (local.set $codes (i32.add (local.get $codes) (i32.const 16)))
        (br $next))))

  ;; floats += code times $scale
  (func (export "addScaled") (param $floats i32) (param $codes i32) (param $count i32) (param $scale f32)
    (local $end i32) (local $factor v128) (local $eight v128)
    (local.set $end (i32.add (local.get $codes) (local.get $count)))
    (local.set $factor (f32x4.splat (local.get $scale)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $codes) (local.get $end)))
        (local.set $eight (v128.load8x8_s (local.get $codes)))
        (v128.store (local.get $floats) (f32x4.add (v128.load (local.get $floats))
          (f32x4.mul (local.get $factor) (f32x4.convert_i32x4_s (i32x4.extend_low_i16x8_s (local.get $eight))))))
        (v128.store offset=16 (local.get $floats) (f32x4.add (v128.load offset=16 (local.get $floats))
          (f32x4.mul (local.get $factor) (f32x4.convert_i32x4_s (i32x4.extend_high_i16x8_s (local.get $eight))))))
        (local.set $floats (i32.add (local.get $floats) (i32.const 32)))
        (local.set $codes (i32.add (local.get $codes) (i32.const 8)))
        (br $next))))

  ;; Five trits in a byte: byte j holds those of the floats j, j + $plane, j + 2 $plane and so on, the first as units.
  ;; Reads and writes up to 15 values beyond the planes.
  (func (export "packTrits") (param $bytes i32) (param $floats i32) (param $plane i32) (param $threshold f32)
    (local $end i32) (local $stride i32) (local $at i32) (local $planes i32) (local $limit v128) (local $packed v128)
    (local.set $end (i32.add (local.get $bytes) (local.get $plane)))
    (local.set $stride (i32.shl (local.get $plane) (i32.const 2)))
    (local.set $limit (f32x4.splat (local.get $threshold)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $bytes) (local.get $end)))
        (local.set $planes (i32.const 5))
        (local.set $at (i32.add (local.get $floats) (i32.shl (local.get $stride) (i32.const 2))))
        (local.set $packed (v128.const i32x4 0 0 0 0))
        (loop $nextPlane
          (local.set $packed (i8x16.add (call $trits (local.get $at) (local.get $limit))
            (i8x16.add (local.get $packed) (i8x16.add (local.get $packed) (local.get $packed)))))
          (local.set $at (i32.sub (local.get $at) (local.get $stride)))
          (local.set $planes (i32.sub (local.get $planes) (i32.const 1)))
          (br_if $nextPlane (local.get $planes)))
        (v128.store (local.get $bytes) (local.get $packed))
        (local.set $bytes (i32.add (local.get $bytes) (i32.const 16)))
        (local.set $floats (i32.add (local.get $floats) (i32.const 64)))
        (br $next))))

  ;; 0 within the limit, 1 above, 2 below its negative, for 16 floats
  (func $trits (param $floats i32) (param $limit v128) (result v128)
    (v128.or
      (v128.and (i8x16.splat (i32.const 1)) (call $narrow
        (f32x4.gt (v128.load offset=0 (local.get $floats)) (local.get $limit))
        (f32x4.gt (v128.load offset=16 (local.get $floats)) (local.get $limit))
        (f32x4.gt (v128.load offset=32 (local.get $floats)) (local.get $limit))
        (f32x4.gt (v128.load offset=48 (local.get $floats)) (local.get $limit))))
      (v128.and (i8x16.splat (i32.const 2)) (call $narrow
        (f32x4.lt (v128.load offset=0 (local.get $floats)) (f32x4.neg (local.get $limit)))
        (f32x4.lt (v128.load offset=16 (local.get $floats)) (f32x4.neg (local.get $limit)))
        (f32x4.lt (v128.load offset=32 (local.get $floats)) (f32x4.neg (local.get $limit)))
        (f32x4.lt (v128.load offset=48 (local.get $floats)) (f32x4.neg (local.get $limit)))))))

  ;; codes = 0, 1 or -1. Planes are written in order: what one writes beyond its end, the next corrects.
  (func (export "unpackTrits") (param $codes i32) (param $bytes i32) (param $plane i32)
    (call $unpackPlane (local.get $codes) (local.get $bytes) (local.get $plane) (i32.const 1) (i32.const 0))
    (local.set $codes (i32.add (local.get $codes) (local.get $plane)))
    (call $unpackPlane (local.get $codes) (local.get $bytes) (local.get $plane) (i32.const 171) (i32.const 9))
    (local.set $codes (i32.add (local.get $codes) (local.get $plane)))
    (call $unpackPlane (local.get $codes) (local.get $bytes) (local.get $plane) (i32.const 57) (i32.const 9))
    (local.set $codes (i32.add (local.get $codes) (local.get $plane)))
    (call $unpackPlane (local.get $codes) (local.get $bytes) (local.get $plane) (i32.const 19) (i32.const 9))
    (local.set $codes (i32.add (local.get $codes) (local.get $plane)))
    (call $unpackPlane (local.get $codes) (local.get $bytes) (local.get $plane) (i32.const 203) (i32.const 14)))

  ;; a byte times $multiplier, shifted, is the byte divided by a power of three, rounded down
  (func $unpackPlane
    (param $codes i32) (param $bytes i32) (param $plane i32) (param $multiplier i32) (param $shift i32)
    (local $end i32) (local $factor v128) (local $x v128)
    (local.set $end (i32.add (local.get $bytes) (local.get $plane)))
    (local.set $factor (i16x8.splat (local.get $multiplier)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $bytes) (local.get $end)))
        (local.set $x (i16x8.shr_u
          (i16x8.mul (v128.load8x8_u (local.get $bytes)) (local.get $factor)) (local.get $shift)))
        (local.set $x (i16x8.sub (local.get $x) (i16x8.mul (i16x8.splat (i32.const 3))
          (i16x8.shr_u (i16x8.mul (local.get $x) (i16x8.splat (i32.const 171))) (i32.const 9)))))
        (local.set $x (i16x8.sub
          (v128.and (local.get $x) (i16x8.splat (i32.const 1))) (i16x8.shr_u (local.get $x) (i32.const 1))))
        (v128.store64_lane 0 (local.get $codes) (i8x16.narrow_i16x8_s (local.get $x) (local.get $x)))
        (local.set $bytes (i32.add (local.get $bytes) (i32.const 8)))
        (local.set $codes (i32.add (local.get $codes) (i32.const 8)))
        (br $next)))))
