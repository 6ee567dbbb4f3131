package replica

import "nameplate.io/edge/disk"

// Lend leaves the disk to another process. Changes go on being taken over and shown, from memory alone:
// the other process asks for them itself, from the position that it finds on the disk.
func (r *Replica) Lend() error {
	r.mu.Lock()
	r.lent = true
	r.mu.Unlock()
	r.done.Wait() // a snapshot that is being written belongs to what is lent
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.store.Close()
}

// TakeBack takes the disk in dir again, after the other process has failed, and writes all that is
// held to it: what came meanwhile is on no disk. Changes wait until that is done, requests do not.
func (r *Replica) TakeBack(dir string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	store, _, err := disk.Open(dir)
	if err != nil {
		return err
	}
	r.store = store
	number, err := store.Rotate()
	if err != nil {
		return err
	}
	now := r.clock()
	size, err := r.compact(number, disk.Batch{Passed: r.guard.Passed(), Position: r.Position()}, now)
	if err != nil {
		return err
	}
	store.SnapshotWritten(size)
	r.lent = false
	return nil
}
