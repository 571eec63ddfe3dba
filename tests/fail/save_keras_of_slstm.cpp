// expect further down: This net has a layer that Keras has not: SLSTM, LastStep, LastSteps, Concatenate, Add, Residual and layers of
#include <rnnts/rnnts.hpp>

#include <rnnts/io/keras.hpp>

using namespace rnnts;

void save_it(const Sequential<float, Input<1>, SLSTM<4>, Dense<1>>& model) { save_keras(model, "net.keras"); }
