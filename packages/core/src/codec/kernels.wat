;; The inner loops of the codecs. Addresses are in bytes, counts in values; counts are multiples of 16.
(module
  (memory (import "env" "memory") 1)

  ;; The bits of the largest magnitude: as integers, magnitudes of floats are in the same order, and from 0x7f800000 on
  ;; they are not finite.
  (func (export "largest") (param $floats i32) (param $count i32) (result i32)
    (local $end i32) (local $max v128)
    (local.set $end (i32.add (local.get $floats) (i32.shl (local.get $count) (i32.const 2))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $floats) (local.get $end)))
        (local.set $max (i32x4.max_s (local.get $max)
          (v128.and (v128.load (local.get $floats)) (v128.const i32x4 0x7fffffff 0x7fffffff 0x7fffffff 0x7fffffff))))
        (local.set $floats (i32.add (local.get $floats) (i32.const 16)))
        (br $next)))
    (call $maxLane (local.get $max)))

  (func $maxLane (param $lanes v128) (result i32)
    (local.set $lanes (i32x4.max_s (local.get $lanes)
      (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $lanes) (local.get $lanes))))
    (local.set $lanes (i32x4.max_s (local.get $lanes)
      (i8x16.shuffle 4 5 6 7 0 1 2 3 4 5 6 7 0 1 2 3 (local.get $lanes) (local.get $lanes))))
    (i32x4.extract_lane 0 (local.get $lanes)))

  ;; codes = the float times $inverse, rounded to the nearest whole number, ties to even, -127 to 127
  (func (export "quantise") (param $codes i32) (param $floats i32) (param $count i32) (param $inverse f32)
    (local $end i32) (local $factor v128)
    (local.set $end (i32.add (local.get $codes) (local.get $count)))
    (local.set $factor (f32x4.splat (local.get $inverse)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $codes) (local.get $end)))
        ;; narrowing saturates at 127 above, but at -128 below
        (v128.store (local.get $codes) (i8x16.max_s (i8x16.splat (i32.const -127)) (i8x16.narrow_i16x8_s
          (i16x8.narrow_i32x4_s
            (i32x4.trunc_sat_f32x4_s (f32x4.nearest (f32x4.mul (local.get $factor) (v128.load offset=0 (local.get $floats)))))
            (i32x4.trunc_sat_f32x4_s (f32x4.nearest (f32x4.mul (local.get $factor) (v128.load offset=16 (local.get $floats))))))
          (i16x8.narrow_i32x4_s
            (i32x4.trunc_sat_f32x4_s (f32x4.nearest (f32x4.mul (local.get $factor) (v128.load offset=32 (local.get $floats)))))
            (i32x4.trunc_sat_f32x4_s (f32x4.nearest (f32x4.mul (local.get $factor) (v128.load offset=48 (local.get $floats)))))))))
        (local.set $floats (i32.add (local.get $floats) (i32.const 64)))
        (local.set $codes (i32.add (local.get $codes) (i32.const 16)))
        (br $next))))

  ;; floats = the code times $scale
  (func (export "dequantise") (param $floats i32) (param $codes i32) (param $count i32) (param $scale f32)
    (local $end i32) (local $factor v128) (local $eight v128)
    (local.set $end (i32.add (local.get $codes) (local.get $count)))
    (local.set $factor (f32x4.splat (local.get $scale)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $codes) (local.get $end)))
        (local.set $eight (v128.load8x8_s (local.get $codes)))
        (v128.store (local.get $floats)
          (f32x4.mul (local.get $factor) (f32x4.convert_i32x4_s (i32x4.extend_low_i16x8_s (local.get $eight)))))
        (v128.store offset=16 (local.get $floats)
          (f32x4.mul (local.get $factor) (f32x4.convert_i32x4_s (i32x4.extend_high_i16x8_s (local.get $eight)))))
        (local.set $floats (i32.add (local.get $floats) (i32.const 32)))
        (local.set $codes (i32.add (local.get $codes) (i32.const 8)))
        (br $next))))

  ;; halves = the nearest float16 of finite floats, ties to even, saturated
  (func (export "packHalves") (param $halves i32) (param $floats i32) (param $count i32)
    (local $end i32) (local $x v128) (local $magnitude v128) (local $normal v128) (local $subnormal v128)
    (local.set $end (i32.add (local.get $halves) (i32.shl (local.get $count) (i32.const 1))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $halves) (local.get $end)))
        (local.set $x (v128.load (local.get $floats)))
        (local.set $magnitude (i32x4.min_s
          (v128.and (local.get $x) (i32x4.splat (i32.const 0x7fffffff)))
          (i32x4.splat (i32.const 0x477fe000))))
        ;; the exponent's bias is lower by 112; half a unit is added, or a little less where the last bit is even
        (local.set $normal (i32x4.shr_u
          (i32x4.add
            (i32x4.add (local.get $magnitude) (i32x4.splat (i32.const 0xc8000fff)))
            (v128.and (i32x4.shr_u (local.get $magnitude) (i32.const 13)) (i32x4.splat (i32.const 1))))
          (i32.const 13)))
        ;; beside 0.5 a float32 has units of 2^-24: the addition rounds as wanted
        (local.set $subnormal (i32x4.sub
          (f32x4.add (local.get $magnitude) (f32x4.splat (f32.const 0.5)))
          (i32x4.splat (i32.const 0x3f000000))))
        (local.set $x (v128.or
          (v128.and (i32x4.shr_u (local.get $x) (i32.const 16)) (i32x4.splat (i32.const 0x8000)))
          (v128.bitselect (local.get $subnormal) (local.get $normal)
            (i32x4.lt_s (local.get $magnitude) (i32x4.splat (i32.const 0x38800000))))))
        (v128.store64_lane 0 (local.get $halves) (i16x8.narrow_i32x4_u (local.get $x) (local.get $x)))
        (local.set $floats (i32.add (local.get $floats) (i32.const 16)))
        (local.set $halves (i32.add (local.get $halves) (i32.const 8)))
        (br $next))))

  ;; floats = the values of the halves; the largest magnitude's bits are the result, from 0x7c00 on not finite
  (func (export "unpackHalves") (param $floats i32) (param $halves i32) (param $count i32) (result i32)
    (local $end i32) (local $x v128) (local $magnitude v128) (local $max v128)
    (local.set $end (i32.add (local.get $halves) (i32.shl (local.get $count) (i32.const 1))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $halves) (local.get $end)))
        (local.set $x (v128.load16x4_u (local.get $halves)))
        (local.set $magnitude (v128.and (local.get $x) (i32x4.splat (i32.const 0x7fff))))
        (local.set $max (i32x4.max_s (local.get $max) (local.get $magnitude)))
        (v128.store (local.get $floats) (f32x4.mul
          (f32x4.splat (f32.const 0x1p112))
          (v128.or
            (i32x4.shl (v128.xor (local.get $x) (local.get $magnitude)) (i32.const 16))
            (i32x4.shl (local.get $magnitude) (i32.const 13)))))
        (local.set $floats (i32.add (local.get $floats) (i32.const 16)))
        (local.set $halves (i32.add (local.get $halves) (i32.const 8)))
        (br $next)))
    (call $maxLane (local.get $max))))
