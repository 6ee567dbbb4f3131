/// `/v1/team`.
@NullMarked
package io.nameplate.api.teams;

import org.jspecify.annotations.NullMarked;
