/// `/v1/clusters`.
@NullMarked
package io.nameplate.api.clusters;

import org.jspecify.annotations.NullMarked;
