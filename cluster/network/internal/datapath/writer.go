package datapath

import (
	"context"
	"fmt"
	"reflect"
	"time"

	"sigs.k8s.io/knftables"

	"firedrill.local/network/internal/policy"
)

// refreshEvery bounds how long a table lasts that somebody else damaged.
const refreshEvery = 30 * time.Second

// Writer keeps the kernel's table equal to the last state it was given. Not safe for concurrent use.
type Writer struct {
	nft     knftables.Interface
	network Network
	rules   policy.Ruleset
	written time.Time
}

// NewWriter finds nft; it changes nothing yet.
func NewWriter() (*Writer, error) {
	nft, err := knftables.New(knftables.IPv4Family, TableName)
	if err != nil {
		return nil, fmt.Errorf("nft cannot be used here: %w", err)
	}
	return &Writer{nft: nft}, nil
}

// Write replaces the table in one transaction, unless it holds just that already. When it fails, the
// old table goes on.
func (w *Writer) Write(ctx context.Context, network Network, rules policy.Ruleset) error {
	same := reflect.DeepEqual(w.network, network) && reflect.DeepEqual(w.rules, rules)
	if same && time.Since(w.written) < refreshEvery {
		return nil
	}
	tx := w.nft.NewTransaction()
	Replace(tx, network, rules)
	if err := w.nft.Run(ctx, tx); err != nil {
		return fmt.Errorf("the nftables table was not replaced: %w", err)
	}
	w.network, w.rules, w.written = network, rules, time.Now()
	return nil
}
