/// The role `worker`: runs workflows and their steps, delivers instructions, watches, admits nodes.
@NullMarked
package io.nameplate.app.worker;

import org.jspecify.annotations.NullMarked;
