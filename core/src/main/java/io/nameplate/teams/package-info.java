/// Teams: the tenants, each an integrator's account; who may act for one, and what was answered
/// already.
@NullMarked
package io.nameplate.teams;

import org.jspecify.annotations.NullMarked;
