/// Clusters and their nodes.
@NullMarked
package io.nameplate.clusters;

import org.jspecify.annotations.NullMarked;
