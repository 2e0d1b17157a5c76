#pragma once

#include "claims.hpp"
#include "panel.hpp"

/// Each draws a topology with a function of a basis on a card, and checks the nodes that it draws.
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
