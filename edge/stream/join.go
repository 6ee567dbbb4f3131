package stream

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"time"

	"nameplate.io/edge/identity"
	"nameplate.io/edge/protocol"
)

const (
	signedPollEvery = time.Second
	// joinRetryAfterRefusal is long: a token that is spent or unknown stays so until a person acts.
	joinRetryAfterRefusal = 30 * time.Second
)

// Joining says how a node becomes one.
type Joining struct {
	Control   string // the control plane's URL
	TokenFile string
	Request   protocol.JoinRequest // all but token, CSR and sealing key
	Log       *slog.Logger
}

// Join makes the identity a joined one. It tries until it succeeds or ctx ends; a lost reply costs
// nothing, since the same token with the same request gets the same answer.
func (j *Joining) Join(ctx context.Context, id *identity.Identity) error {
	if id.Joined() {
		return nil
	}
	pause := backoff{}
	said := ""
	for {
		err := j.attempt(ctx, id)
		if err == nil {
			j.Log.Info("joined the cluster", "node", id.NodeID, "cluster", id.ClusterID)
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		wait := pause.next()
		if problem := (*ProblemError)(nil); errors.As(err, &problem) && problem.Status == 403 {
			wait = joinRetryAfterRefusal
		}
		if text := err.Error(); text != said {
			said = text
			j.Log.Warn("could not join yet; trying on", "error", err)
		}
		if !sleep(ctx, wait) {
			return ctx.Err()
		}
	}
}

func (j *Joining) attempt(ctx context.Context, id *identity.Identity) error {
	if j.TokenFile == "" {
		return errors.New("this node has not joined: a join token file is needed")
	}
	text, err := os.ReadFile(j.TokenFile)
	if err != nil {
		return fmt.Errorf("join token: %w", err)
	}
	token, err := identity.ParseToken(string(text))
	if err != nil {
		return err
	}
	client := NewClient(j.Control, token.Pin, nil)
	defer client.Close()
	return j.with(ctx, client, token, id)
}

// Once makes the identity a joined one with a token, or says in a sentence what a person has to put right. Once the
// control plane has taken the token it waits for the node to be signed, for as long as ctx lasts.
func (j *Joining) Once(ctx context.Context, token identity.Token, id *identity.Identity) error {
	if id.Joined() {
		return nil
	}
	client := NewClient(j.Control, token.Pin, nil)
	defer client.Close()
	err := j.with(ctx, client, token, id)
	problem := (*ProblemError)(nil)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrOtherCertificate):
		return fmt.Errorf("whoever answers at %s is not the control plane that made the token (its certificate is another one); nothing was sent to it", j.Control)
	case errors.As(err, &problem) && problem.is("join-token-spent"):
		return errors.New("the join token was used by another node already: make a new one")
	case errors.As(err, &problem) && problem.is("join-token-invalid"):
		return errors.New("the control plane does not know the join token, or it has expired (it holds for an hour): make a new one")
	case errors.As(err, &problem):
		return fmt.Errorf("the control plane refused: %s", problem.sentence())
	case id.NodeID != "" && ctx.Err() != nil:
		return errors.New("the control plane has taken the token, but has not signed the node yet (its worker does that): when it runs, do the same again with the same token")
	default:
		return fmt.Errorf("the control plane at %s cannot be reached: %w", j.Control, bare(err))
	}
}

// bare is a failure without the request that it happened to.
func bare(err error) error {
	if failure := (*url.Error)(nil); errors.As(err, &failure) {
		return failure.Err
	}
	return err
}

// with asks to become a node and waits to be signed.
func (j *Joining) with(ctx context.Context, client *Client, token identity.Token, id *identity.Identity) error {
	request := j.Request
	request.Token, request.CSR = token.Text, id.CSR
	var err error
	if request.SealingKey, err = id.SealingPublic(); err != nil {
		return err
	}
	reply, err := client.Join(ctx, &request)
	if err != nil {
		return err
	}
	id.Pin, id.NodeID, id.ClusterID = token.Pin, reply.NodeID, reply.ClusterID
	if err := id.Save(); err != nil {
		return err
	}
	for {
		state, err := client.JoinState(ctx, id.NodeID, token.Text)
		if err != nil {
			return err
		}
		if state.State == protocol.JoinReady {
			return id.Accept(state)
		}
		if !sleep(ctx, signedPollEvery) {
			return ctx.Err()
		}
	}
}
