;; The inner loops of the wasm kernels, on the heap of tfjs or on copies of its tensors. Addresses and steps are in
;; bytes. Images are [height, width, channels]; windows lie wholly inside them: who calls has padded them. A window
;; begins $rowStep after the one above and $columnStep after the one before; its own rows are $lineStep apart.
(module
  (memory (import "env" "memory") 1)

  ;; out[place, filter] += sum over windows of x[place in window] * dy[window, filter]. A row of the window is one run
  ;; of $run floats in x, so that four places and eight filters make a tile of registers.
  (func (export "filterGradient")
    (param $x i32) (param $dy i32) (param $out i32)
    (param $images i32) (param $imageStep i32)
    (param $rows i32) (param $rowStep i32)
    (param $columns i32) (param $columnStep i32)
    (param $lines i32) (param $lineStep i32)
    (param $run i32) (param $filters i32)
    (local $row i32) (local $rowX i32) (local $line i32) (local $lineX i32) (local $lineOut i32)
    (local $place i32) (local $filter i32) (local $pixelBytes i32) (local $to i32)
    (local.set $pixelBytes (i32.shl (local.get $filters) (i32.const 2)))
    (loop $eachImage
      (local.set $row (local.get $rows))
      (local.set $rowX (local.get $x))
      (loop $eachRow
        (local.set $line (local.get $lines))
        (local.set $lineX (local.get $rowX))
        (local.set $lineOut (local.get $out))
        (loop $eachLine
          (local.set $place (i32.const 0))
          (loop $eachPlace
            (local.set $filter (i32.const 0))
            (block $wideDone
              (loop $wide
                (br_if $wideDone (i32.gt_u (i32.add (local.get $filter) (i32.const 8)) (local.get $filters)))
                (call $tile
                  (i32.add (local.get $lineX) (i32.shl (local.get $place) (i32.const 2)))
                  (i32.add (local.get $dy) (i32.shl (local.get $filter) (i32.const 2)))
                  (i32.add (local.get $lineOut) (i32.shl
                    (i32.add (i32.mul (local.get $place) (local.get $filters)) (local.get $filter)) (i32.const 2)))
                  (local.get $columns) (local.get $columnStep) (local.get $pixelBytes)
                  (i32.sub (local.get $run) (local.get $place)))
                (local.set $filter (i32.add (local.get $filter) (i32.const 8)))
                (br $wide)))
            (block $narrowDone
              (loop $narrow
                (br_if $narrowDone (i32.ge_u (local.get $filter) (local.get $filters)))
                (call $strip
                  (i32.add (local.get $lineX) (i32.shl (local.get $place) (i32.const 2)))
                  (i32.add (local.get $dy) (i32.shl (local.get $filter) (i32.const 2)))
                  (i32.add (local.get $lineOut) (i32.shl
                    (i32.add (i32.mul (local.get $place) (local.get $filters)) (local.get $filter)) (i32.const 2)))
                  (local.get $columns) (local.get $columnStep) (local.get $pixelBytes)
                  (i32.sub (local.get $run) (local.get $place)))
                (local.set $filter (i32.add (local.get $filter) (i32.const 1)))
                (br $narrow)))
            (local.set $place (i32.add (local.get $place) (i32.const 4)))
            (br_if $eachPlace (i32.lt_u (local.get $place) (local.get $run))))
          (local.set $lineX (i32.add (local.get $lineX) (local.get $lineStep)))
          (local.set $lineOut (i32.add (local.get $lineOut) (i32.mul (local.get $run) (local.get $pixelBytes))))
          (br_if $eachLine (local.tee $line (i32.sub (local.get $line) (i32.const 1)))))
        (local.set $dy (i32.add (local.get $dy) (i32.mul (local.get $columns) (local.get $pixelBytes))))
        (local.set $rowX (i32.add (local.get $rowX) (local.get $rowStep)))
        (br_if $eachRow (local.tee $row (i32.sub (local.get $row) (i32.const 1)))))
      (local.set $x (i32.add (local.get $x) (local.get $imageStep)))
      (br_if $eachImage (local.tee $images (i32.sub (local.get $images) (i32.const 1))))))

  ;; Four places by eight filters over a row of windows. Of places beyond $places nothing is stored; what is read
  ;; there, within 12 bytes of the image's end, does not matter.
  (func $tile
    (param $x i32) (param $dy i32) (param $out i32)
    (param $columns i32) (param $columnStep i32) (param $pixelBytes i32) (param $places i32)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local $e v128) (local $f v128) (local $g v128) (local $h v128)
    (local $left v128) (local $right v128) (local $value v128)
    (loop $next
      (local.set $left (v128.load (local.get $dy)))
      (local.set $right (v128.load offset=16 (local.get $dy)))
      (local.set $value (v128.load32_splat (local.get $x)))
      (local.set $a (f32x4.add (local.get $a) (f32x4.mul (local.get $value) (local.get $left))))
      (local.set $b (f32x4.add (local.get $b) (f32x4.mul (local.get $value) (local.get $right))))
      (local.set $value (v128.load32_splat offset=4 (local.get $x)))
      (local.set $c (f32x4.add (local.get $c) (f32x4.mul (local.get $value) (local.get $left))))
      (local.set $d (f32x4.add (local.get $d) (f32x4.mul (local.get $value) (local.get $right))))
      (local.set $value (v128.load32_splat offset=8 (local.get $x)))
      (local.set $e (f32x4.add (local.get $e) (f32x4.mul (local.get $value) (local.get $left))))
      (local.set $f (f32x4.add (local.get $f) (f32x4.mul (local.get $value) (local.get $right))))
      (local.set $value (v128.load32_splat offset=12 (local.get $x)))
      (local.set $g (f32x4.add (local.get $g) (f32x4.mul (local.get $value) (local.get $left))))
      (local.set $h (f32x4.add (local.get $h) (f32x4.mul (local.get $value) (local.get $right))))
      (local.set $x (i32.add (local.get $x) (local.get $columnStep)))
      (local.set $dy (i32.add (local.get $dy) (local.get $pixelBytes)))
      (br_if $next (local.tee $columns (i32.sub (local.get $columns) (i32.const 1)))))
    (call $addPair (local.get $out) (local.get $a) (local.get $b))
    (if (i32.lt_u (local.get $places) (i32.const 2)) (then (return)))
    (local.set $out (i32.add (local.get $out) (local.get $pixelBytes)))
    (call $addPair (local.get $out) (local.get $c) (local.get $d))
    (if (i32.lt_u (local.get $places) (i32.const 3)) (then (return)))
    (local.set $out (i32.add (local.get $out) (local.get $pixelBytes)))
    (call $addPair (local.get $out) (local.get $e) (local.get $f))
    (if (i32.lt_u (local.get $places) (i32.const 4)) (then (return)))
    (local.set $out (i32.add (local.get $out) (local.get $pixelBytes)))
    (call $addPair (local.get $out) (local.get $g) (local.get $h)))

  (func $addPair (param $to i32) (param $a v128) (param $b v128)
    (v128.store (local.get $to) (f32x4.add (v128.load (local.get $to)) (local.get $a)))
    (v128.store offset=16 (local.get $to) (f32x4.add (v128.load offset=16 (local.get $to)) (local.get $b))))

  ;; Four places by one filter.
  (func $strip
    (param $x i32) (param $dy i32) (param $out i32)
    (param $columns i32) (param $columnStep i32) (param $pixelBytes i32) (param $places i32)
    (local $sum v128)
    (loop $next
      (local.set $sum (f32x4.add (local.get $sum)
        (f32x4.mul (v128.load (local.get $x)) (v128.load32_splat (local.get $dy)))))
      (local.set $x (i32.add (local.get $x) (local.get $columnStep)))
      (local.set $dy (i32.add (local.get $dy) (local.get $pixelBytes)))
      (br_if $next (local.tee $columns (i32.sub (local.get $columns) (i32.const 1)))))
    (f32.store (local.get $out) (f32.add (f32.load (local.get $out)) (f32x4.extract_lane 0 (local.get $sum))))
    (if (i32.lt_u (local.get $places) (i32.const 2)) (then (return)))
    (local.set $out (i32.add (local.get $out) (local.get $pixelBytes)))
    (f32.store (local.get $out) (f32.add (f32.load (local.get $out)) (f32x4.extract_lane 1 (local.get $sum))))
    (if (i32.lt_u (local.get $places) (i32.const 3)) (then (return)))
    (local.set $out (i32.add (local.get $out) (local.get $pixelBytes)))
    (f32.store (local.get $out) (f32.add (f32.load (local.get $out)) (f32x4.extract_lane 2 (local.get $sum))))
    (if (i32.lt_u (local.get $places) (i32.const 4)) (then (return)))
    (local.set $out (i32.add (local.get $out) (local.get $pixelBytes)))
    (f32.store (local.get $out) (f32.add (f32.load (local.get $out)) (f32x4.extract_lane 3 (local.get $sum)))))

  ;; dx, zeros at first, gets each value of dy added at the first place of its window, row by row, that holds the
  ;; largest of x.
  (func (export "maxPoolGradient")
    (param $x i32) (param $dy i32) (param $dx i32)
    (param $images i32) (param $imageStep i32)
    (param $rows i32) (param $rowStep i32)
    (param $columns i32) (param $columnStep i32)
    (param $lines i32) (param $lineStep i32)
    (param $places i32) (param $channels i32)
    (local $row i32) (local $column i32) (local $rowAt i32) (local $at i32) (local $channel i32)
    (local $toDx i32) (local $pixelBytes i32)
    (local.set $toDx (i32.sub (local.get $dx) (local.get $x)))
    (local.set $pixelBytes (i32.shl (local.get $channels) (i32.const 2)))
    (loop $eachImage
      (local.set $row (local.get $rows))
      (local.set $rowAt (local.get $x))
      (loop $eachRow
        (local.set $column (local.get $columns))
        (local.set $at (local.get $rowAt))
        (loop $eachColumn
          (local.set $channel (i32.const 0))
          (block $vectorsDone
            (loop $vectors
              (br_if $vectorsDone (i32.gt_u (i32.add (local.get $channel) (i32.const 16)) (local.get $pixelBytes)))
              (call $windowOfFour
                (i32.add (local.get $at) (local.get $channel)) (local.get $dy) (local.get $toDx)
                (local.get $lines) (local.get $lineStep) (local.get $places) (local.get $pixelBytes))
              (local.set $dy (i32.add (local.get $dy) (i32.const 16)))
              (local.set $channel (i32.add (local.get $channel) (i32.const 16)))
              (br $vectors)))
          (block $singlesDone
            (loop $singles
              (br_if $singlesDone (i32.ge_u (local.get $channel) (local.get $pixelBytes)))
              (call $windowOfOne
                (i32.add (local.get $at) (local.get $channel)) (local.get $dy) (local.get $toDx)
                (local.get $lines) (local.get $lineStep) (local.get $places) (local.get $pixelBytes))
              (local.set $dy (i32.add (local.get $dy) (i32.const 4)))
              (local.set $channel (i32.add (local.get $channel) (i32.const 4)))
              (br $singles)))
          (local.set $at (i32.add (local.get $at) (local.get $columnStep)))
          (br_if $eachColumn (local.tee $column (i32.sub (local.get $column) (i32.const 1)))))
        (local.set $rowAt (i32.add (local.get $rowAt) (local.get $rowStep)))
        (br_if $eachRow (local.tee $row (i32.sub (local.get $row) (i32.const 1)))))
      (local.set $x (i32.add (local.get $x) (local.get $imageStep)))
      (br_if $eachImage (local.tee $images (i32.sub (local.get $images) (i32.const 1))))))

  ;; One window, four channels side by side.
  (func $windowOfFour
    (param $x i32) (param $dy i32) (param $toDx i32)
    (param $lines i32) (param $lineStep i32) (param $places i32) (param $pixelBytes i32)
    (local $line i32) (local $place i32) (local $lineAt i32) (local $at i32)
    (local $largest v128) (local $left v128) (local $is v128)
    (local.set $largest (v128.load (local.get $x)))
    (local.set $line (local.get $lines))
    (local.set $lineAt (local.get $x))
    (loop $eachLine
      (local.set $place (local.get $places))
      (local.set $at (local.get $lineAt))
      (loop $eachPlace
        (local.set $largest (f32x4.max (local.get $largest) (v128.load (local.get $at))))
        (local.set $at (i32.add (local.get $at) (local.get $pixelBytes)))
        (br_if $eachPlace (local.tee $place (i32.sub (local.get $place) (i32.const 1)))))
      (local.set $lineAt (i32.add (local.get $lineAt) (local.get $lineStep)))
      (br_if $eachLine (local.tee $line (i32.sub (local.get $line) (i32.const 1)))))
    (local.set $left (v128.load (local.get $dy)))
    (local.set $line (local.get $lines))
    (local.set $lineAt (local.get $x))
    (loop $eachLine
      (local.set $place (local.get $places))
      (local.set $at (local.get $lineAt))
      (loop $eachPlace
        (local.set $is (f32x4.eq (local.get $largest) (v128.load (local.get $at))))
        (v128.store (i32.add (local.get $at) (local.get $toDx)) (f32x4.add
          (v128.load (i32.add (local.get $at) (local.get $toDx)))
          (v128.and (local.get $is) (local.get $left))))
        (local.set $left (v128.andnot (local.get $left) (local.get $is)))
        (local.set $at (i32.add (local.get $at) (local.get $pixelBytes)))
        (br_if $eachPlace (local.tee $place (i32.sub (local.get $place) (i32.const 1)))))
      (local.set $lineAt (i32.add (local.get $lineAt) (local.get $lineStep)))
      (br_if $eachLine (local.tee $line (i32.sub (local.get $line) (i32.const 1))))))

  ;; One window, one channel.
  (func $windowOfOne
    (param $x i32) (param $dy i32) (param $toDx i32)
    (param $lines i32) (param $lineStep i32) (param $places i32) (param $pixelBytes i32)
    (local $place i32) (local $at i32) (local $largest f32) (local $best i32)
    (local.set $largest (f32.const -inf))
    (loop $eachLine
      (local.set $place (local.get $places))
      (local.set $at (local.get $x))
      (loop $eachPlace
        (if (f32.gt (f32.load (local.get $at)) (local.get $largest)) (then
          (local.set $largest (f32.load (local.get $at)))
          (local.set $best (local.get $at))))
        (local.set $at (i32.add (local.get $at) (local.get $pixelBytes)))
        (br_if $eachPlace (local.tee $place (i32.sub (local.get $place) (i32.const 1)))))
      (local.set $x (i32.add (local.get $x) (local.get $lineStep)))
      (br_if $eachLine (local.tee $lines (i32.sub (local.get $lines) (i32.const 1)))))
    (if (local.get $best) (then
      (local.set $best (i32.add (local.get $best) (local.get $toDx)))
      (f32.store (local.get $best) (f32.add (f32.load (local.get $best)) (f32.load (local.get $dy)))))))

  ;; dx, zeros at first, gets dy[window, channel] * filter[place, channel] added at each place of the window.
  (func (export "depthwiseInputGradient")
    (param $dy i32) (param $filter i32) (param $dx i32)
    (param $images i32) (param $imageStep i32)
    (param $rows i32) (param $rowStep i32)
    (param $columns i32) (param $columnStep i32)
    (param $lines i32) (param $lineStep i32)
    (param $places i32) (param $placeStep i32) (param $channels i32)
    (local $row i32) (local $column i32) (local $line i32) (local $place i32)
    (local $rowAt i32) (local $columnAt i32) (local $lineAt i32) (local $placeAt i32) (local $factors i32)
    (local $pixelBytes i32) (local $channel i32)
    (local.set $pixelBytes (i32.shl (local.get $channels) (i32.const 2)))
    (loop $eachImage
      (local.set $row (local.get $rows))
      (local.set $rowAt (local.get $dx))
      (loop $eachRow
        (local.set $column (local.get $columns))
        (local.set $columnAt (local.get $rowAt))
        (loop $eachColumn
          (local.set $line (local.get $lines))
          (local.set $lineAt (local.get $columnAt))
          (local.set $factors (local.get $filter))
          (loop $eachLine
            (local.set $place (local.get $places))
            (local.set $placeAt (local.get $lineAt))
            (loop $eachPlace
              (call $addProduct (local.get $placeAt) (local.get $dy) (local.get $factors) (local.get $pixelBytes))
              (local.set $factors (i32.add (local.get $factors) (local.get $pixelBytes)))
              (local.set $placeAt (i32.add (local.get $placeAt) (local.get $placeStep)))
              (br_if $eachPlace (local.tee $place (i32.sub (local.get $place) (i32.const 1)))))
            (local.set $lineAt (i32.add (local.get $lineAt) (local.get $lineStep)))
            (br_if $eachLine (local.tee $line (i32.sub (local.get $line) (i32.const 1)))))
          (local.set $dy (i32.add (local.get $dy) (local.get $pixelBytes)))
          (local.set $columnAt (i32.add (local.get $columnAt) (local.get $columnStep)))
          (br_if $eachColumn (local.tee $column (i32.sub (local.get $column) (i32.const 1)))))
        (local.set $rowAt (i32.add (local.get $rowAt) (local.get $rowStep)))
        (br_if $eachRow (local.tee $row (i32.sub (local.get $row) (i32.const 1)))))
      (local.set $dx (i32.add (local.get $dx) (local.get $imageStep)))
      (br_if $eachImage (local.tee $images (i32.sub (local.get $images) (i32.const 1))))))

  ;; out[place, channel], zeros at first, gets the sum over windows of x[place, channel] * dy[window, channel] added.
  (func (export "depthwiseFilterGradient")
    (param $x i32) (param $dy i32) (param $out i32)
    (param $images i32) (param $imageStep i32)
    (param $rows i32) (param $rowStep i32)
    (param $columns i32) (param $columnStep i32)
    (param $lines i32) (param $lineStep i32)
    (param $places i32) (param $placeStep i32) (param $channels i32)
    (local $row i32) (local $column i32) (local $line i32) (local $place i32)
    (local $rowAt i32) (local $columnAt i32) (local $lineAt i32) (local $placeAt i32) (local $sums i32)
    (local $pixelBytes i32)
    (local.set $pixelBytes (i32.shl (local.get $channels) (i32.const 2)))
    (loop $eachImage
      (local.set $row (local.get $rows))
      (local.set $rowAt (local.get $x))
      (loop $eachRow
        (local.set $column (local.get $columns))
        (local.set $columnAt (local.get $rowAt))
        (loop $eachColumn
          (local.set $line (local.get $lines))
          (local.set $lineAt (local.get $columnAt))
          (local.set $sums (local.get $out))
          (loop $eachLine
            (local.set $place (local.get $places))
            (local.set $placeAt (local.get $lineAt))
            (loop $eachPlace
              (call $addProduct (local.get $sums) (local.get $placeAt) (local.get $dy) (local.get $pixelBytes))
              (local.set $sums (i32.add (local.get $sums) (local.get $pixelBytes)))
              (local.set $placeAt (i32.add (local.get $placeAt) (local.get $placeStep)))
              (br_if $eachPlace (local.tee $place (i32.sub (local.get $place) (i32.const 1)))))
            (local.set $lineAt (i32.add (local.get $lineAt) (local.get $lineStep)))
            (br_if $eachLine (local.tee $line (i32.sub (local.get $line) (i32.const 1)))))
          (local.set $dy (i32.add (local.get $dy) (local.get $pixelBytes)))
          (local.set $columnAt (i32.add (local.get $columnAt) (local.get $columnStep)))
          (br_if $eachColumn (local.tee $column (i32.sub (local.get $column) (i32.const 1)))))
        (local.set $rowAt (i32.add (local.get $rowAt) (local.get $rowStep)))
        (br_if $eachRow (local.tee $row (i32.sub (local.get $row) (i32.const 1)))))
      (local.set $x (i32.add (local.get $x) (local.get $imageStep)))
      (br_if $eachImage (local.tee $images (i32.sub (local.get $images) (i32.const 1))))))

  ;; to[i] += a[i] * b[i]
  (func $addProduct (param $to i32) (param $a i32) (param $b i32) (param $bytes i32)
    (local $at i32)
    (block $vectorsDone
      (loop $vectors
        (br_if $vectorsDone (i32.gt_u (i32.add (local.get $at) (i32.const 16)) (local.get $bytes)))
        (v128.store (i32.add (local.get $to) (local.get $at)) (f32x4.add
          (v128.load (i32.add (local.get $to) (local.get $at)))
          (f32x4.mul
            (v128.load (i32.add (local.get $a) (local.get $at)))
            (v128.load (i32.add (local.get $b) (local.get $at))))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $vectors)))
    (block $singlesDone
      (loop $singles
        (br_if $singlesDone (i32.ge_u (local.get $at) (local.get $bytes)))
        (f32.store (i32.add (local.get $to) (local.get $at)) (f32.add
          (f32.load (i32.add (local.get $to) (local.get $at)))
          (f32.mul
            (f32.load (i32.add (local.get $a) (local.get $at)))
            (f32.load (i32.add (local.get $b) (local.get $at))))))
        (local.set $at (i32.add (local.get $at) (i32.const 4)))
        (br $singles))))
  ;; out[channel] = the sum of x[row, channel] over the rows, at least one.
  (func (export "rowSums") (param $x i32) (param $out i32) (param $rows i32) (param $channels i32)
    (local $at i32) (local $row i32) (local $pixelBytes i32) (local $end i32)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128) (local $single f32)
    (local.set $pixelBytes (i32.shl (local.get $channels) (i32.const 2)))
    (local.set $end (i32.add (local.get $x) (local.get $pixelBytes)))
    (block $widesDone
      (loop $wides
        (br_if $widesDone (i32.gt_u (i32.add (local.get $x) (i32.const 64)) (local.get $end)))
        (local.set $a (v128.const i32x4 0 0 0 0)) (local.set $b (v128.const i32x4 0 0 0 0))
        (local.set $c (v128.const i32x4 0 0 0 0)) (local.set $d (v128.const i32x4 0 0 0 0))
        (local.set $at (local.get $x))
        (local.set $row (local.get $rows))
        (loop $next
          (local.set $a (f32x4.add (local.get $a) (v128.load (local.get $at))))
          (local.set $b (f32x4.add (local.get $b) (v128.load offset=16 (local.get $at))))
          (local.set $c (f32x4.add (local.get $c) (v128.load offset=32 (local.get $at))))
          (local.set $d (f32x4.add (local.get $d) (v128.load offset=48 (local.get $at))))
          (local.set $at (i32.add (local.get $at) (local.get $pixelBytes)))
          (br_if $next (local.tee $row (i32.sub (local.get $row) (i32.const 1)))))
        (v128.store (local.get $out) (local.get $a)) (v128.store offset=16 (local.get $out) (local.get $b))
        (v128.store offset=32 (local.get $out) (local.get $c)) (v128.store offset=48 (local.get $out) (local.get $d))
        (local.set $out (i32.add (local.get $out) (i32.const 64)))
        (local.set $x (i32.add (local.get $x) (i32.const 64)))
        (br $wides)))
    (block $singlesDone
      (loop $singles
        (br_if $singlesDone (i32.ge_u (local.get $x) (local.get $end)))
        (local.set $single (f32.const 0))
        (local.set $at (local.get $x))
        (local.set $row (local.get $rows))
        (loop $next
          (local.set $single (f32.add (local.get $single) (f32.load (local.get $at))))
          (local.set $at (i32.add (local.get $at) (local.get $pixelBytes)))
          (br_if $next (local.tee $row (i32.sub (local.get $row) (i32.const 1)))))
        (f32.store (local.get $out) (local.get $single))
        (local.set $out (i32.add (local.get $out) (i32.const 4)))
        (local.set $x (i32.add (local.get $x) (i32.const 4)))
        (br $singles))))

  ;; out[row, column] = the sum over depth of x[row, depth] * w[depth, column]. Rows of x are $rowStep and the values
  ;; along its depth $depthStep bytes apart, so that x may lie transposed. All rows pass by 16 KB of w, which stay in the
  ;; cache: up to 256 deep, and as many columns as fit.
  (func (export "product")
    (param $x i32) (param $w i32) (param $out i32)
    (param $rows i32) (param $rowStep i32) (param $depth i32) (param $depthStep i32) (param $columns i32)
    (local $run i32) (local $column i32) (local $columnBytes i32) (local $block i32) (local $width i32)
    (local $row i32) (local $rowX i32) (local $rowOut i32) (local $adds i32)
    (local.set $columnBytes (i32.shl (local.get $columns) (i32.const 2)))
    (loop $eachRun
      (local.set $run (select (i32.const 256) (local.get $depth) (i32.gt_u (local.get $depth) (i32.const 256))))
      (local.set $block (i32.and (i32.div_u (i32.const 16384) (local.get $run)) (i32.const -32)))
      (local.set $column (i32.const 0))
      (loop $eachBlock
        (local.set $width (i32.sub (local.get $columnBytes) (local.get $column)))
        (if (i32.gt_u (local.get $width) (local.get $block)) (then (local.set $width (local.get $block))))
        (local.set $row (local.get $rows))
        (local.set $rowX (local.get $x))
        (local.set $rowOut (i32.add (local.get $out) (local.get $column)))
        (loop $eachRows
          (call $fourRows
            (local.get $rowX) (i32.add (local.get $w) (local.get $column)) (local.get $rowOut)
            (select (i32.const 4) (local.get $row) (i32.gt_u (local.get $row) (i32.const 4)))
            (local.get $rowStep) (local.get $run) (local.get $depthStep) (local.get $columnBytes) (local.get $width)
            (local.get $adds))
          (local.set $rowX (i32.add (local.get $rowX) (i32.shl (local.get $rowStep) (i32.const 2))))
          (local.set $rowOut (i32.add (local.get $rowOut) (i32.shl (local.get $columnBytes) (i32.const 2))))
          (br_if $eachRows (i32.gt_s (local.tee $row (i32.sub (local.get $row) (i32.const 4))) (i32.const 0))))
        (local.set $column (i32.add (local.get $column) (local.get $block)))
        (br_if $eachBlock (i32.lt_u (local.get $column) (local.get $columnBytes))))
      (local.set $x (i32.add (local.get $x) (i32.mul (local.get $run) (local.get $depthStep))))
      (local.set $w (i32.add (local.get $w) (i32.mul (local.get $run) (local.get $columnBytes))))
      (local.set $adds (i32.const 1))
      (br_if $eachRun (local.tee $depth (i32.sub (local.get $depth) (local.get $run))))))

  ;; Up to four rows by $width bytes of columns. The first row stands for those that are not there. Depth after the
  ;; first run $adds to what is there.
  (func $fourRows
    (param $x i32) (param $w i32) (param $out i32)
    (param $rows i32) (param $rowStep i32) (param $depth i32) (param $depthStep i32) (param $columnBytes i32)
    (param $width i32) (param $adds i32)
    (local $second i32) (local $third i32) (local $fourth i32) (local $end i32) (local $from i32) (local $at i32)
    (local $left i32) (local $row i32) (local $to i32) (local $sum f32)
    (local $one v128) (local $two v128) (local $value v128)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    (local $e v128) (local $f v128) (local $g v128) (local $h v128)
    (local.set $second (select (local.get $rowStep) (i32.const 0) (i32.gt_u (local.get $rows) (i32.const 1))))
    (local.set $third
      (select (i32.shl (local.get $rowStep) (i32.const 1)) (i32.const 0) (i32.gt_u (local.get $rows) (i32.const 2))))
    (local.set $fourth
      (select (i32.mul (local.get $rowStep) (i32.const 3)) (i32.const 0) (i32.gt_u (local.get $rows) (i32.const 3))))
    (local.set $end (i32.add (local.get $w) (local.get $width)))
    (block $widesDone
      (loop $wides
        (br_if $widesDone (i32.gt_u (i32.add (local.get $w) (i32.const 32)) (local.get $end)))
        (local.set $a (v128.const i32x4 0 0 0 0)) (local.set $b (v128.const i32x4 0 0 0 0))
        (local.set $c (v128.const i32x4 0 0 0 0)) (local.set $d (v128.const i32x4 0 0 0 0))
        (local.set $e (v128.const i32x4 0 0 0 0)) (local.set $f (v128.const i32x4 0 0 0 0))
        (local.set $g (v128.const i32x4 0 0 0 0)) (local.set $h (v128.const i32x4 0 0 0 0))
        (local.set $left (local.get $depth))
        (local.set $from (local.get $x))
        (local.set $at (local.get $w))
        (loop $next
          (local.set $one (v128.load (local.get $at)))
          (local.set $two (v128.load offset=16 (local.get $at)))
          (local.set $value (v128.load32_splat (local.get $from)))
          (local.set $a (f32x4.add (local.get $a) (f32x4.mul (local.get $value) (local.get $one))))
          (local.set $b (f32x4.add (local.get $b) (f32x4.mul (local.get $value) (local.get $two))))
          (local.set $value (v128.load32_splat (i32.add (local.get $from) (local.get $second))))
          (local.set $c (f32x4.add (local.get $c) (f32x4.mul (local.get $value) (local.get $one))))
          (local.set $d (f32x4.add (local.get $d) (f32x4.mul (local.get $value) (local.get $two))))
          (local.set $value (v128.load32_splat (i32.add (local.get $from) (local.get $third))))
          (local.set $e (f32x4.add (local.get $e) (f32x4.mul (local.get $value) (local.get $one))))
          (local.set $f (f32x4.add (local.get $f) (f32x4.mul (local.get $value) (local.get $two))))
          (local.set $value (v128.load32_splat (i32.add (local.get $from) (local.get $fourth))))
          (local.set $g (f32x4.add (local.get $g) (f32x4.mul (local.get $value) (local.get $one))))
          (local.set $h (f32x4.add (local.get $h) (f32x4.mul (local.get $value) (local.get $two))))
          (local.set $from (i32.add (local.get $from) (local.get $depthStep)))
          (local.set $at (i32.add (local.get $at) (local.get $columnBytes)))
          (br_if $next (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
        (local.set $to (local.get $out))
        (call $putPair (local.get $to) (local.get $a) (local.get $b) (local.get $adds))
        (if (i32.gt_u (local.get $rows) (i32.const 1)) (then
          (call $putPair (local.tee $to (i32.add (local.get $to) (local.get $columnBytes)))
            (local.get $c) (local.get $d) (local.get $adds))))
        (if (i32.gt_u (local.get $rows) (i32.const 2)) (then
          (call $putPair (local.tee $to (i32.add (local.get $to) (local.get $columnBytes)))
            (local.get $e) (local.get $f) (local.get $adds))))
        (if (i32.gt_u (local.get $rows) (i32.const 3)) (then
          (call $putPair (local.tee $to (i32.add (local.get $to) (local.get $columnBytes)))
            (local.get $g) (local.get $h) (local.get $adds))))
        (local.set $w (i32.add (local.get $w) (i32.const 32)))
        (local.set $out (i32.add (local.get $out) (i32.const 32)))
        (br $wides)))
    (block $singlesDone
      (loop $singles
        (br_if $singlesDone (i32.ge_u (local.get $w) (local.get $end)))
        (local.set $row (local.get $rows))
        (local.set $to (local.get $out))
        (local.set $second (local.get $x))
        (loop $eachRow
          (local.set $sum (if (result f32) (local.get $adds)
            (then (f32.load (local.get $to))) (else (f32.const 0))))
          (local.set $left (local.get $depth))
          (local.set $from (local.get $second))
          (local.set $at (local.get $w))
          (loop $next
            (local.set $sum (f32.add (local.get $sum)
              (f32.mul (f32.load (local.get $from)) (f32.load (local.get $at)))))
            (local.set $from (i32.add (local.get $from) (local.get $depthStep)))
            (local.set $at (i32.add (local.get $at) (local.get $columnBytes)))
            (br_if $next (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
          (f32.store (local.get $to) (local.get $sum))
          (local.set $second (i32.add (local.get $second) (local.get $rowStep)))
          (local.set $to (i32.add (local.get $to) (local.get $columnBytes)))
          (br_if $eachRow (local.tee $row (i32.sub (local.get $row) (i32.const 1)))))
        (local.set $w (i32.add (local.get $w) (i32.const 4)))
        (local.set $out (i32.add (local.get $out) (i32.const 4)))
        (br $singles))))

  (func $putPair (param $to i32) (param $a v128) (param $b v128) (param $adds i32)
    (if (local.get $adds) (then (call $addPair (local.get $to) (local.get $a) (local.get $b)) (return)))
    (v128.store (local.get $to) (local.get $a))
    (v128.store offset=16 (local.get $to) (local.get $b)))

  ;; out[row, column] = max(out[row, column] + bias[column], floor).
  (func (export "addBias") (param $bias i32) (param $out i32) (param $rows i32) (param $columns i32) (param $floor f32)
    (local $at i32) (local $end i32) (local $floors v128)
    (local.set $floors (f32x4.splat (local.get $floor)))
    (local.set $end (i32.add (local.get $bias) (i32.shl (local.get $columns) (i32.const 2))))
    (loop $eachRow
      (local.set $at (local.get $bias))
      (block $widesDone
        (loop $wides
          (br_if $widesDone (i32.gt_u (i32.add (local.get $at) (i32.const 16)) (local.get $end)))
          (v128.store (local.get $out) (f32x4.max (local.get $floors)
            (f32x4.add (v128.load (local.get $out)) (v128.load (local.get $at)))))
          (local.set $at (i32.add (local.get $at) (i32.const 16)))
          (local.set $out (i32.add (local.get $out) (i32.const 16)))
          (br $wides)))
      (block $singlesDone
        (loop $singles
          (br_if $singlesDone (i32.ge_u (local.get $at) (local.get $end)))
          (f32.store (local.get $out) (f32.max (local.get $floor)
            (f32.add (f32.load (local.get $out)) (f32.load (local.get $at)))))
          (local.set $at (i32.add (local.get $at) (i32.const 4)))
          (local.set $out (i32.add (local.get $out) (i32.const 4)))
          (br $singles)))
      (br_if $eachRow (local.tee $rows (i32.sub (local.get $rows) (i32.const 1))))))

  ;; out[0] += the sum of x's squares.
  (func (export "addSquares") (param $x i32) (param $out i32) (param $count i32)
    (local $end i32) (local $v v128) (local $a v128) (local $b v128) (local $c v128) (local $d v128) (local $sum f32)
    (local.set $end (i32.add (local.get $x) (i32.shl (local.get $count) (i32.const 2))))
    (block $widesDone
      (loop $wides
        (br_if $widesDone (i32.gt_u (i32.add (local.get $x) (i32.const 64)) (local.get $end)))
        (local.set $v (v128.load (local.get $x)))
        (local.set $a (f32x4.add (local.get $a) (f32x4.mul (local.get $v) (local.get $v))))
        (local.set $v (v128.load offset=16 (local.get $x)))
        (local.set $b (f32x4.add (local.get $b) (f32x4.mul (local.get $v) (local.get $v))))
        (local.set $v (v128.load offset=32 (local.get $x)))
        (local.set $c (f32x4.add (local.get $c) (f32x4.mul (local.get $v) (local.get $v))))
        (local.set $v (v128.load offset=48 (local.get $x)))
        (local.set $d (f32x4.add (local.get $d) (f32x4.mul (local.get $v) (local.get $v))))
        (local.set $x (i32.add (local.get $x) (i32.const 64)))
        (br $wides)))
    (block $singlesDone
      (loop $singles
        (br_if $singlesDone (i32.ge_u (local.get $x) (local.get $end)))
        (local.set $sum (f32.add (local.get $sum) (f32.mul (f32.load (local.get $x)) (f32.load (local.get $x)))))
        (local.set $x (i32.add (local.get $x) (i32.const 4)))
        (br $singles)))
    (local.set $a (f32x4.add (f32x4.add (local.get $a) (local.get $b)) (f32x4.add (local.get $c) (local.get $d))))
    (local.set $sum (f32.add (local.get $sum) (f32.add
      (f32.add (f32x4.extract_lane 0 (local.get $a)) (f32x4.extract_lane 1 (local.get $a)))
      (f32.add (f32x4.extract_lane 2 (local.get $a)) (f32x4.extract_lane 3 (local.get $a))))))
    (f32.store (local.get $out) (f32.add (f32.load (local.get $out)) (local.get $sum))))

  ;; out = x - factor[0] * y.
  (func (export "descend")
    (param $x i32) (param $factor i32) (param $y i32) (param $out i32) (param $count i32)
    (local $end i32) (local $factors v128)
    (local.set $factors (v128.load32_splat (local.get $factor)))
    (local.set $end (i32.add (local.get $x) (i32.shl (local.get $count) (i32.const 2))))
    (block $widesDone
      (loop $wides
        (br_if $widesDone (i32.gt_u (i32.add (local.get $x) (i32.const 16)) (local.get $end)))
        (v128.store (local.get $out)
          (f32x4.sub (v128.load (local.get $x)) (f32x4.mul (local.get $factors) (v128.load (local.get $y)))))
        (local.set $x (i32.add (local.get $x) (i32.const 16)))
        (local.set $y (i32.add (local.get $y) (i32.const 16)))
        (local.set $out (i32.add (local.get $out) (i32.const 16)))
        (br $wides)))
    (block $singlesDone
      (loop $singles
        (br_if $singlesDone (i32.ge_u (local.get $x) (local.get $end)))
        (f32.store (local.get $out)
          (f32.sub (f32.load (local.get $x)) (f32.mul (f32.load (local.get $factor)) (f32.load (local.get $y)))))
        (local.set $x (i32.add (local.get $x) (i32.const 4)))
        (local.set $y (i32.add (local.get $y) (i32.const 4)))
        (local.set $out (i32.add (local.get $out) (i32.const 4)))
        (br $singles))))

  ;; out = x + share (y - x), where y are $count values of an int8 model, from value $first on: float16 scales of
  ;; $blocks blocks of 256 values, finite and not negative, then a code for each value.
  (func (export "approach")
    (param $x i32) (param $model i32) (param $out i32)
    (param $count i32) (param $first i32) (param $blocks i32) (param $share f32)
    (local $end i32) (local $stop i32) (local $code i32) (local $eight v128) (local $own v128)
    (local $scale f32) (local $scales v128) (local $shares v128)
    (local.set $shares (f32x4.splat (local.get $share)))
    (local.set $end (i32.add (local.get $x) (i32.shl (local.get $count) (i32.const 2))))
    (local.set $code
      (i32.add (i32.add (local.get $model) (i32.shl (local.get $blocks) (i32.const 1))) (local.get $first)))
    (block $done
      (loop $eachBlock
        (br_if $done (i32.ge_u (local.get $x) (local.get $end)))
        ;; the exponent's bias is lower by 112
        (local.set $scale (f32.mul (f32.const 0x1p112) (f32.reinterpret_i32 (i32.shl
          (i32.load16_u (i32.add (local.get $model) (i32.shl (i32.shr_u (local.get $first) (i32.const 8)) (i32.const 1))))
          (i32.const 13)))))
        (local.set $scales (f32x4.splat (local.get $scale)))
        (local.set $stop (i32.add (local.get $x) (i32.shl
          (i32.sub (i32.const 256) (i32.and (local.get $first) (i32.const 255))) (i32.const 2))))
        (if (i32.gt_u (local.get $stop) (local.get $end)) (then (local.set $stop (local.get $end))))
        (local.set $first
          (i32.add (local.get $first) (i32.shr_u (i32.sub (local.get $stop) (local.get $x)) (i32.const 2))))
        (block $widesDone
          (loop $wides
            (br_if $widesDone (i32.gt_u (i32.add (local.get $x) (i32.const 64)) (local.get $stop)))
            (local.set $eight (v128.load8x8_s (local.get $code)))
            (local.set $own (v128.load (local.get $x)))
            (v128.store (local.get $out) (f32x4.add (local.get $own) (f32x4.mul (local.get $shares) (f32x4.sub
              (f32x4.mul (local.get $scales) (f32x4.convert_i32x4_s (i32x4.extend_low_i16x8_s (local.get $eight))))
              (local.get $own)))))
            (local.set $own (v128.load offset=16 (local.get $x)))
            (v128.store offset=16 (local.get $out) (f32x4.add (local.get $own) (f32x4.mul (local.get $shares) (f32x4.sub
              (f32x4.mul (local.get $scales) (f32x4.convert_i32x4_s (i32x4.extend_high_i16x8_s (local.get $eight))))
              (local.get $own)))))
            (local.set $eight (v128.load8x8_s offset=8 (local.get $code)))
            (local.set $own (v128.load offset=32 (local.get $x)))
            (v128.store offset=32 (local.get $out) (f32x4.add (local.get $own) (f32x4.mul (local.get $shares) (f32x4.sub
              (f32x4.mul (local.get $scales) (f32x4.convert_i32x4_s (i32x4.extend_low_i16x8_s (local.get $eight))))
              (local.get $own)))))
            (local.set $own (v128.load offset=48 (local.get $x)))
            (v128.store offset=48 (local.get $out) (f32x4.add (local.get $own) (f32x4.mul (local.get $shares) (f32x4.sub
              (f32x4.mul (local.get $scales) (f32x4.convert_i32x4_s (i32x4.extend_high_i16x8_s (local.get $eight))))
              (local.get $own)))))
            (local.set $x (i32.add (local.get $x) (i32.const 64)))
            (local.set $out (i32.add (local.get $out) (i32.const 64)))
            (local.set $code (i32.add (local.get $code) (i32.const 16)))
            (br $wides)))
        (block $singlesDone
          (loop $singles
            (br_if $singlesDone (i32.ge_u (local.get $x) (local.get $stop)))
            (f32.store (local.get $out) (f32.add (f32.load (local.get $x)) (f32.mul (local.get $share) (f32.sub
              (f32.mul (local.get $scale) (f32.convert_i32_s (i32.load8_s (local.get $code))))
              (f32.load (local.get $x))))))
            (local.set $x (i32.add (local.get $x) (i32.const 4)))
            (local.set $out (i32.add (local.get $out) (i32.const 4)))
            (local.set $code (i32.add (local.get $code) (i32.const 1)))
            (br $singles)))
        (br $eachBlock))))

  ;; out = unit times the byte.
  (func (export "scaleBytes") (param $bytes i32) (param $out i32) (param $count i32) (param $unit f32)
    (local $end i32) (local $sixteen v128) (local $eight v128) (local $units v128)
    (local.set $units (f32x4.splat (local.get $unit)))
    (local.set $end (i32.add (local.get $bytes) (local.get $count)))
    (block $widesDone
      (loop $wides
        (br_if $widesDone (i32.gt_u (i32.add (local.get $bytes) (i32.const 16)) (local.get $end)))
        (local.set $sixteen (v128.load (local.get $bytes)))
        (local.set $eight (i16x8.extend_low_i8x16_u (local.get $sixteen)))
        (v128.store offset=0 (local.get $out)
          (f32x4.mul (local.get $units) (f32x4.convert_i32x4_s (i32x4.extend_low_i16x8_s (local.get $eight)))))
        (v128.store offset=16 (local.get $out)
          (f32x4.mul (local.get $units) (f32x4.convert_i32x4_s (i32x4.extend_high_i16x8_s (local.get $eight)))))
        (local.set $eight (i16x8.extend_high_i8x16_u (local.get $sixteen)))
        (v128.store offset=32 (local.get $out)
          (f32x4.mul (local.get $units) (f32x4.convert_i32x4_s (i32x4.extend_low_i16x8_s (local.get $eight)))))
        (v128.store offset=48 (local.get $out)
          (f32x4.mul (local.get $units) (f32x4.convert_i32x4_s (i32x4.extend_high_i16x8_s (local.get $eight)))))
        (local.set $bytes (i32.add (local.get $bytes) (i32.const 16)))
        (local.set $out (i32.add (local.get $out) (i32.const 64)))
        (br $wides)))
    (block $singlesDone
      (loop $singles
        (br_if $singlesDone (i32.ge_u (local.get $bytes) (local.get $end)))
        (f32.store (local.get $out)
          (f32.mul (local.get $unit) (f32.convert_i32_u (i32.load8_u (local.get $bytes)))))
        (local.set $bytes (i32.add (local.get $bytes) (i32.const 1)))
        (local.set $out (i32.add (local.get $out) (i32.const 4)))
        (br $singles)))))
