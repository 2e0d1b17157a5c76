#include "contenders/compiled.hpp"

namespace wmanifold {

template BatchView<float> forward_pass<HostTarget, float, Stack<LayerList>>(
    Stack<LayerList> const&, ParametersView<float const>, BatchCoefficients<float> const&, kernel::Samples<float const>,
    bool, ForwardCache<float>&, PassScratch<float>&);
template NetworkGradients<float> backward_pass<HostTarget, float, Stack<LayerList>>(
    Stack<LayerList> const&, ParametersView<float const>, BatchCoefficients<float> const&, kernel::Samples<float const>,
    kernel::Samples<float const>, std::vector<bool> const&, GradientRequest, ForwardCache<float> const&,
    PassScratch<float>&, ParametersView<float>, kernel::RowRuns const&);

}  // namespace wmanifold
