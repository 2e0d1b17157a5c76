#include "contenders/compiled.hpp"

namespace wmanifold {

template void propagate_forward<HostTarget, float, Stack<LayerList>>(Stack<LayerList> const&,
                                                                     ParametersView<float const>, bool, float const*,
                                                                     Index, bool, Workspace<float>&);
template void propagate_backward<HostTarget, float, Stack<LayerList>>(Stack<LayerList> const&,
                                                                      ParametersView<float const>, bool, float const*,
                                                                      Index, std::vector<bool> const&, BackwardRequest,
                                                                      ParametersView<float>, Workspace<float>&);

}  // namespace wmanifold
