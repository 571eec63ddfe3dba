# Draws growth.csv of a folder: gnuplot -e "folder = 'out/growth'" growth.gnuplot
set datafile separator ","
set datafile missing NaN  # lines go on over what `only` leaves out
set encoding utf8
data = folder . "/growth.csv"

# Colours that people with any kind of colour vision tell apart (Okabe and Ito 2008).
layers = "SimpleRNN LSTM GRU"
colours = "#E69F00 #009E73 #D55E00"

# The value of a column in the rows of one layer where two other columns have these values; NaN leaves a point out.
only(layer, a, value_a, b, value_b, y) = strcol(1) eq layer && column(a) == value_a && column(b) == value_b ? column(y) : NaN

set logscale xy 10
set grid lc rgb "#dddddd" lt 1
set key bottom right samplen 2

set terminal pngcairo noenhanced size 1500,560 font "DejaVu Sans,11"
set output folder . "/growth_time.png"
set ylabel "time of a training step (µs)"
set multiplot layout 1,3
set title "32 units, 32 samples"
set xlabel "steps T"
plot for [k=1:3] data using "T":(only(word(layers, k), "N", 32, "B", 32, "microseconds")) smooth unique with linespoints lc rgb word(colours, k) pt 7 lw 2 title word(layers, k), \
  [10:320] 3 * x lc rgb "#999999" dt 2 with lines title "proportional to T"
set title "32 units, 20 steps"
set xlabel "samples B"
plot for [k=1:3] data using "B":(only(word(layers, k), "N", 32, "T", 20, "microseconds")) smooth unique with linespoints lc rgb word(colours, k) pt 7 lw 2 title word(layers, k), \
  [1:256] 2 * x lc rgb "#999999" dt 2 with lines title "proportional to B"
set title "20 steps, 32 samples"
set xlabel "units N"
plot for [k=1:3] data using "N":(only(word(layers, k), "T", 20, "B", 32, "microseconds")) smooth unique with linespoints lc rgb word(colours, k) pt 7 lw 2 title word(layers, k), \
  [16:512] x * x / 10 lc rgb "#999999" dt 2 with lines title "proportional to N²"
unset multiplot

set output folder . "/growth_memory.png"
set ylabel "memory of tape and workspace (kB)"
set yrange [1:500000]
set multiplot layout 1,3
set xlabel "steps times samples, T B"
do for [k=1:3] {
  set title word(layers, k)
  plot for [n in "8 32 128 512"] data using (column("T") * column("B")):(strcol(1) eq word(layers, k) && column("N") == n + 0 ? column("bytes") / 1024 : NaN) \
    with points pt 7 lc rgb word("#56B4E9 #0072B2 #009E73 #D55E00", n == 8 ? 1 : n == 32 ? 2 : n == 128 ? 3 : 4) title n . " units", \
    [20:10240] x / 4 lc rgb "#999999" dt 2 with lines title "proportional to T B"
}
unset multiplot
