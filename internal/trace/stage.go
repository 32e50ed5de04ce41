package trace

import "slices"

var stages = []Stage{Forced, Clock, Explored, Natural}

// weight orders stages by how much a sighting counts; 0 is no stage.
func (s Stage) weight() int { return slices.Index(stages, s) + 1 }
