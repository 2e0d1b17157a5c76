#pragma once

#include "claims.hpp"
#include "panel.hpp"

/// Functions that draw a topology with a function of a basis on a card, and check the drawn nodes.
namespace demo {

void draw_interval(Panel panel, Claims& claims);
void draw_circle(Panel panel, Claims& claims);
void draw_lines(Panel panel, Claims& claims);  ///< RP1
void draw_graph(Panel panel, Claims& claims);
void draw_box(Panel panel, Claims& claims);
void draw_simplex(Panel panel, Claims& claims);
void draw_torus(Panel panel, Claims& claims);
void draw_sphere(Panel panel, Claims& claims);
void draw_cylinder(Panel panel, Claims& claims);
void draw_rotations(Panel panel, Claims& claims);

}  // namespace demo
