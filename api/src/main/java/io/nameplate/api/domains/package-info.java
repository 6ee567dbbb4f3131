/// `/v1/domains`.
@NullMarked
package io.nameplate.api.domains;

import org.jspecify.annotations.NullMarked;
