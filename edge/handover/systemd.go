package handover

import (
	"net"
	"os"
	"strconv"
)

// Notify tells systemd, if it asked to be told (sd_notify(3)), that this process serves and is the
// service's main one from now on.
func Notify() error {
	path := os.Getenv("NOTIFY_SOCKET")
	if path == "" {
		return nil
	}
	socket, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		return err
	}
	defer socket.Close()
	_, err = socket.Write([]byte("MAINPID=" + strconv.Itoa(os.Getpid()) + "\nREADY=1\n"))
	return err
}
