;; The inner loops of the codecs. Addresses are in bytes, counts in values; counts are multiples of 16.
(module
  (memory (import "env" "memory") 1)

  ;; The bits of the largest magnitude among floats: as integers, magnitudes of floats are in the same order, and from 0x7f800000 on
  ;; they are not finite.
  (func $largest (export "largest") (param $floats i32) (param $count i32) (result i32)
    (local $end i32) (local $max v128) (local $otherMax v128) (local $mask v128)
    (local.set $end (i32.add (local.get $floats) (i32.shl (local.get $count) (i32.const 2))))
    (local.set $mask (i32x4.splat (i32.const 0x7fffffff)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $floats) (local.get $end)))
        (local.set $max (i32x4.max_s (local.get $max) (i32x4.max_s
          (v128.and (local.get $mask) (v128.load offset=0 (local.get $floats)))
          (v128.and (local.get $mask) (v128.load offset=16 (local.get $floats))))))
        (local.set $otherMax (i32x4.max_s (local.get $otherMax) (i32x4.max_s
          (v128.and (local.get $mask) (v128.load offset=32 (local.get $floats)))
          (v128.and (local.get $mask) (v128.load offset=48 (local.get $floats))))))
        (local.set $floats (i32.add (local.get $floats) (i32.const 64)))
        (br $next)))
    (call $maxLane (i32x4.max_s (local.get $max) (local.get $otherMax))))

  (func $maxLane (param $lanes v128) (result i32)
    (local.set $lanes (i32x4.max_s (local.get $lanes)
      (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $lanes) (local.get $lanes))))
    (local.set $lanes (i32x4.max_s (local.get $lanes)
      (i8x16.shuffle 4 5 6 7 0 1 2 3 4 5 6 7 0 1 2 3 (local.get $lanes) (local.get $lanes))))
    (i32x4.extract_lane 0 (local.get $lanes)))

  ;; codes = the float times $inverse, rounded to the nearest whole number, ties to even; products are -127.4 to 127.4.
  ;; Beside 1.5 * 2^23 a float32 has units of 1, and its bits count them.
  (func $quantise (param $codes i32) (param $floats i32) (param $count i32) (param $inverse f32)
    (local $end i32) (local $factor v128) (local $toWhole v128)
    (local.set $end (i32.add (local.get $codes) (local.get $count)))
    (local.set $factor (f32x4.splat (local.get $inverse)))
    (local.set $toWhole (f32x4.splat (f32.const 0x1.8p23)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $codes) (local.get $end)))
        (v128.store (local.get $codes) (i8x16.narrow_i16x8_s
          (i16x8.narrow_i32x4_s
            (i32x4.sub (f32x4.add (local.get $toWhole) (f32x4.mul (local.get $factor) (v128.load offset=0 (local.get $floats)))) (local.get $toWhole))
            (i32x4.sub (f32x4.add (local.get $toWhole) (f32x4.mul (local.get $factor) (v128.load offset=16 (local.get $floats)))) (local.get $toWhole)))
          (i16x8.narrow_i32x4_s
            (i32x4.sub (f32x4.add (local.get $toWhole) (f32x4.mul (local.get $factor) (v128.load offset=32 (local.get $floats)))) (local.get $toWhole))
            (i32x4.sub (f32x4.add (local.get $toWhole) (f32x4.mul (local.get $factor) (v128.load offset=48 (local.get $floats)))) (local.get $toWhole)))))
        (local.set $floats (i32.add (local.get $floats) (i32.const 64)))
        (local.set $codes (i32.add (local.get $codes) (i32.const 16)))
        (br $next))))

  ;; The same for products of any size, which end at -127 and 127; rare, so value by value.
  (func $quantiseFar (param $codes i32) (param $floats i32) (param $count i32) (param $inverse f32)
    (local $end i32)
    (local.set $end (i32.add (local.get $codes) (local.get $count)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $codes) (local.get $end)))
        (i32.store8 (local.get $codes) (i32.trunc_f32_s (f32.nearest (f32.max (f32.const -127) (f32.min (f32.const 127)
          (f32.mul (local.get $inverse) (f32.load (local.get $floats))))))))
        (local.set $floats (i32.add (local.get $floats) (i32.const 4)))
        (local.set $codes (i32.add (local.get $codes) (i32.const 1)))
        (br $next))))

  ;; floats = the code times $scale
  (func $dequantise (param $floats i32) (param $codes i32) (param $count i32) (param $scale f32)
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
    (call $maxLane (local.get $max)))

  ;; The bits of the smallest float16 not below a quotient >= 0, at most 65504.
  (func $halfFromAbove (param $quotient f32) (result i32)
    (local.set $quotient (f32.min (local.get $quotient) (f32.const 65504)))
    (if (result i32) (f32.lt (local.get $quotient) (f32.const 0x1p-14))
      (then (i32.trunc_f32_u (f32.ceil (f32.mul (local.get $quotient) (f32.const 0x1p24)))))
      (else (i32.shr_u
        (i32.add (i32.reinterpret_f32 (local.get $quotient)) (i32.const 0xc8001fff))
        (i32.const 13)))))

  (func $halfValue (param $bits i32) (result f32)
    (f32.mul (f32.const 0x1p112) (f32.reinterpret_i32 (i32.shl (local.get $bits) (i32.const 13)))))

  ;; Blocks of codes with a scale each, at random where $random is not 0. 0 where a float is not finite.
  (func (export "encodeBlocks")
    (param $codes i32) (param $scales i32) (param $floats i32) (param $count i32)
    (param $blockLength i32) (param $levels f32) (param $random i32) (param $seed i32) (result i32)
    (local $bits i32) (local $length i32) (local $inverse f32)
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $count)))
        (local.set $length (select (local.get $count) (local.get $blockLength)
          (i32.lt_u (local.get $count) (local.get $blockLength))))
        (local.set $bits (call $largest (local.get $floats) (local.get $length)))
        (if (i32.ge_u (local.get $bits) (i32.const 0x7f800000)) (then (return (i32.const 0))))
        (if (local.get $bits)
          (then
            (local.set $bits (call $halfFromAbove
              (f32.div (f32.reinterpret_i32 (local.get $bits)) (local.get $levels))))
            ;; a quotient too small for a float32 is not zero
            (local.set $bits (i32.or (local.get $bits) (i32.eqz (local.get $bits))))
            (local.set $inverse (f32.div (f32.const 1) (call $halfValue (local.get $bits)))))
          (else (local.set $inverse (f32.const 0))))
        (i32.store16 (local.get $scales) (local.get $bits))
        (if (local.get $random)
          (then (call $quantiseAtRandom (local.get $codes) (local.get $floats) (local.get $length)
            (local.get $inverse) (local.get $seed)))
          (else (if (i32.eq (local.get $bits) (i32.const 0x7bff))
            (then (call $quantiseFar (local.get $codes) (local.get $floats) (local.get $length) (local.get $inverse)))
            (else (call $quantise (local.get $codes) (local.get $floats) (local.get $length) (local.get $inverse))))))
        (local.set $seed (i32.add (local.get $seed) (local.get $length)))
        (local.set $codes (i32.add (local.get $codes) (local.get $length)))
        (local.set $scales (i32.add (local.get $scales) (i32.const 2)))
        (local.set $floats (i32.add (local.get $floats) (i32.shl (local.get $length) (i32.const 2))))
        (local.set $count (i32.sub (local.get $count) (local.get $length)))
        (br $next)))
    (i32.const 1))

  ;; codes = the float times $inverse, up or down at random so that the mean is right; $seed + i is the draw of value i
  (func $quantiseAtRandom
    (param $codes i32) (param $floats i32) (param $count i32) (param $inverse f32) (param $seed i32)
    (local $end i32) (local $counter v128) (local $factor v128)
    (local.set $end (i32.add (local.get $codes) (local.get $count)))
    (local.set $counter (i32x4.add (i32x4.splat (local.get $seed)) (v128.const i32x4 0 1 2 3)))
    (local.set $factor (f32x4.splat (local.get $inverse)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $codes) (local.get $end)))
        (v128.store (local.get $codes) (i8x16.narrow_i16x8_s
          (i16x8.narrow_i32x4_s
            (call $floor (v128.load offset=0 (local.get $floats)) (local.get $factor) (local.get $counter))
            (call $floor (v128.load offset=16 (local.get $floats)) (local.get $factor)
              (i32x4.add (local.get $counter) (i32x4.splat (i32.const 4)))))
          (i16x8.narrow_i32x4_s
            (call $floor (v128.load offset=32 (local.get $floats)) (local.get $factor)
              (i32x4.add (local.get $counter) (i32x4.splat (i32.const 8))))
            (call $floor (v128.load offset=48 (local.get $floats)) (local.get $factor)
              (i32x4.add (local.get $counter) (i32x4.splat (i32.const 12)))))))
        (local.set $counter (i32x4.add (local.get $counter) (i32x4.splat (i32.const 16))))
        (local.set $floats (i32.add (local.get $floats) (i32.const 64)))
        (local.set $codes (i32.add (local.get $codes) (i32.const 16)))
        (br $next))))

  ;; x times factor plus a uniform number that the counter stands for, rounded down
  (func $floor (param $x v128) (param $factor v128) (param $counter v128) (result v128)
    (local.set $counter (i32x4.mul (local.get $counter) (i32x4.splat (i32.const 0x9e3779b1))))
    (local.set $counter (i32x4.mul (i32x4.splat (i32.const 0x85ebca6b))
      (v128.xor (local.get $counter) (i32x4.shr_u (local.get $counter) (i32.const 15)))))
    (local.set $counter (i32x4.mul (i32x4.splat (i32.const 0xc2b2ae35))
      (v128.xor (local.get $counter) (i32x4.shr_u (local.get $counter) (i32.const 13)))))
    (i32x4.trunc_sat_f32x4_s (f32x4.floor (f32x4.add
      (f32x4.mul (local.get $factor) (local.get $x))
      (f32x4.mul (f32x4.splat (f32.const 0x1p-16))
        (f32x4.convert_i32x4_s (i32x4.shr_u (local.get $counter) (i32.const 16))))))))

  ;; floats = codes times the scale of their block. 0 where a scale is not finite or is negative.
  (func (export "decodeBlocks")
    (param $floats i32) (param $codes i32) (param $scales i32) (param $count i32) (param $blockLength i32) (result i32)
    (local $bits i32) (local $length i32)
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $count)))
        (local.set $length (select (local.get $count) (local.get $blockLength)
          (i32.lt_u (local.get $count) (local.get $blockLength))))
        (local.set $bits (i32.load16_u (local.get $scales)))
        (if (i32.ge_u (local.get $bits) (i32.const 0x7c00)) (then (return (i32.const 0))))
        (call $dequantise (local.get $floats) (local.get $codes) (local.get $length)
          (call $halfValue (local.get $bits)))
        (local.set $codes (i32.add (local.get $codes) (local.get $length)))
        (local.set $scales (i32.add (local.get $scales) (i32.const 2)))
        (local.set $floats (i32.add (local.get $floats) (i32.shl (local.get $length) (i32.const 2))))
        (local.set $count (i32.sub (local.get $count) (local.get $length)))
        (br $next)))
    (i32.const 1))

  ;; floats = (1 - $share) float + ($share scale) code; scales are known to be good
  (func (export "mergeBlocks")
    (param $floats i32) (param $codes i32) (param $scales i32) (param $count i32) (param $blockLength i32) (param $share f32)
    (local $end i32) (local $blockEnd i32) (local $keep v128) (local $unit v128) (local $eight v128)
    (local.set $end (i32.add (local.get $codes) (local.get $count)))
    (local.set $keep (f32x4.splat (f32.sub (f32.const 1) (local.get $share))))
    (block $done
      (loop $nextBlock
        (br_if $done (i32.ge_u (local.get $codes) (local.get $end)))
        (local.set $blockEnd (i32.add (local.get $codes) (local.get $blockLength)))
        (local.set $blockEnd (select (local.get $blockEnd) (local.get $end)
          (i32.lt_u (local.get $blockEnd) (local.get $end))))
        (local.set $unit (f32x4.splat (f32.mul (local.get $share) (call $halfValue (i32.load16_u (local.get $scales))))))
        (local.set $scales (i32.add (local.get $scales) (i32.const 2)))
        (loop $next
          (local.set $eight (v128.load8x8_s offset=0 (local.get $codes)))
          (v128.store offset=0 (local.get $floats) (f32x4.add
            (f32x4.mul (local.get $keep) (v128.load offset=0 (local.get $floats)))
            (f32x4.mul (local.get $unit) (f32x4.convert_i32x4_s (i32x4.extend_low_i16x8_s (local.get $eight))))))
          (v128.store offset=16 (local.get $floats) (f32x4.add
            (f32x4.mul (local.get $keep) (v128.load offset=16 (local.get $floats)))
            (f32x4.mul (local.get $unit) (f32x4.convert_i32x4_s (i32x4.extend_high_i16x8_s (local.get $eight))))))
          (local.set $eight (v128.load8x8_s offset=8 (local.get $codes)))
          (v128.store offset=32 (local.get $floats) (f32x4.add
            (f32x4.mul (local.get $keep) (v128.load offset=32 (local.get $floats)))
            (f32x4.mul (local.get $unit) (f32x4.convert_i32x4_s (i32x4.extend_low_i16x8_s (local.get $eight))))))
          (v128.store offset=48 (local.get $floats) (f32x4.add
            (f32x4.mul (local.get $keep) (v128.load offset=48 (local.get $floats)))
            (f32x4.mul (local.get $unit) (f32x4.convert_i32x4_s (i32x4.extend_high_i16x8_s (local.get $eight))))))
          (local.set $floats (i32.add (local.get $floats) (i32.const 64)))
          (local.set $codes (i32.add (local.get $codes) (i32.const 16)))
          (br_if $next (i32.lt_u (local.get $codes) (local.get $blockEnd))))
        (br $nextBlock))))

  ;; floats += $share (other - float)
  (func (export "merge") (param $floats i32) (param $others i32) (param $count i32) (param $share f32)
    (local $end i32) (local $factor v128) (local $x v128)
    (local.set $end (i32.add (local.get $floats) (i32.shl (local.get $count) (i32.const 2))))
    (local.set $factor (f32x4.splat (local.get $share)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $floats) (local.get $end)))
        (local.set $x (v128.load offset=0 (local.get $floats)))
        (v128.store offset=0 (local.get $floats) (f32x4.add (local.get $x) (f32x4.mul (local.get $factor)
          (f32x4.sub (v128.load offset=0 (local.get $others)) (local.get $x)))))
        (local.set $x (v128.load offset=16 (local.get $floats)))
        (v128.store offset=16 (local.get $floats) (f32x4.add (local.get $x) (f32x4.mul (local.get $factor)
          (f32x4.sub (v128.load offset=16 (local.get $others)) (local.get $x)))))
        (local.set $x (v128.load offset=32 (local.get $floats)))
        (v128.store offset=32 (local.get $floats) (f32x4.add (local.get $x) (f32x4.mul (local.get $factor)
          (f32x4.sub (v128.load offset=32 (local.get $others)) (local.get $x)))))
        (local.set $x (v128.load offset=48 (local.get $floats)))
        (v128.store offset=48 (local.get $floats) (f32x4.add (local.get $x) (f32x4.mul (local.get $factor)
          (f32x4.sub (v128.load offset=48 (local.get $others)) (local.get $x)))))
        (local.set $floats (i32.add (local.get $floats) (i32.const 64)))
        (local.set $others (i32.add (local.get $others) (i32.const 64)))
        (br $next))))

  ;; Two codes, clamped to -7 to 7, in a byte; the first in the low half.
  (func (export "packNibbles") (param $bytes i32) (param $codes i32) (param $count i32)
    (local $end i32) (local $x v128)
    (local.set $end (i32.add (local.get $codes) (local.get $count)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $codes) (local.get $end)))
        (local.set $x (v128.and (i8x16.splat (i32.const 15)) (i8x16.max_s (i8x16.splat (i32.const -7))
          (i8x16.min_s (i8x16.splat (i32.const 7)) (v128.load (local.get $codes))))))
        (local.set $x (v128.and (i16x8.splat (i32.const 255))
          (v128.or (local.get $x) (i16x8.shr_u (local.get $x) (i32.const 4)))))
        (v128.store64_lane 0 (local.get $bytes) (i8x16.narrow_i16x8_u (local.get $x) (local.get $x)))
        (local.set $bytes (i32.add (local.get $bytes) (i32.const 8)))
        (local.set $codes (i32.add (local.get $codes) (i32.const 16)))
        (br $next))))

  (func (export "unpackNibbles") (param $codes i32) (param $bytes i32) (param $count i32)
    (local $end i32) (local $x v128)
    (local.set $end (i32.add (local.get $codes) (local.get $count)))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $codes) (local.get $end)))
        (local.set $x (v128.load8x8_u (local.get $bytes)))
        (local.set $x (v128.or
          (v128.and (local.get $x) (i16x8.splat (i32.const 15)))
          (i16x8.shl (v128.and (local.get $x) (i16x8.splat (i32.const 240))) (i32.const 4))))
        (v128.store (local.get $codes) (i8x16.sub
          (v128.xor (local.get $x) (i8x16.splat (i32.const 8))) (i8x16.splat (i32.const 8))))
        (local.set $bytes (i32.add (local.get $bytes) (i32.const 8)))
        (local.set $codes (i32.add (local.get $codes) (i32.const 16)))
        (br $next)))))
