// FunctionRef: a reference to anything that can be called.
#pragma once

#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>

#include "rnnts/core/abi.hpp"

namespace rnnts::inline RNNTS_ABI::detail {

template <class Signature> class FunctionRef;

/// What C++26 calls `std::function_ref`: for an argument that lives as long, a function by its address. It copies and
/// allocates nothing, and the compiler is done with it sooner than with a `std::function`.
template <class Result, class... Arguments> class FunctionRef<Result(Arguments...)> {
 public:
  template <class F>
    requires(!std::same_as<std::remove_cvref_t<F>, FunctionRef> && std::is_object_v<std::remove_reference_t<F>> &&
             !std::is_member_pointer_v<std::remove_cvref_t<F>> && std::is_invocable_r_v<Result, F&, Arguments...>)
  FunctionRef(F&& f)
      : context_(std::addressof(f)), call_([](const void* context, Arguments... arguments) -> Result {
          auto& function = *static_cast<std::remove_reference_t<F>*>(const_cast<void*>(context));
          return static_cast<Result>(function(std::forward<Arguments>(arguments)...));
        }) {}

  Result operator()(Arguments... arguments) const { return call_(context_, std::forward<Arguments>(arguments)...); }

 private:
  const void* context_;
  Result (*call_)(const void* context, Arguments... arguments);
};

}  // namespace rnnts::inline RNNTS_ABI::detail
