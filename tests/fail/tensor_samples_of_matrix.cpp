// expect: tensor_samples takes windows (batch, steps, features) and labels (batch, outputs) or (batch, steps, outputs)
#include <rnnts/rnnts.hpp>

void use(const xt::xtensor<float, 2>& x, const xt::xtensor<float, 2>& y) { rnnts::tensor_samples(x, y); }
