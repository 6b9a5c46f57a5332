package medium

import (
	"picket/shared/wlan"
	"picket/tools/lab/air/hwsim"
)

const (
	mostTries = 7 // of a frame to one receiver, as dot11ShortRetryLimit (802.11-2020, annex C)
	retryBit  = 0x08
)

// take handles what the kernel told, in m.frame.
func (m *Medium) take(kind hwsim.Kind) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	f := &m.frame
	switch kind {
	case hwsim.Refused:
		m.stats.Refused++
	case hwsim.Added:
		if r := m.byAddress[f.Transmitter]; r != nil {
			m.owner[f.Address] = r
		}
	case hwsim.Removed:
		if r := m.byAddress[f.Transmitter]; r != nil && m.owner[f.Address] == r && f.Address != r.address {
			delete(m.owner, f.Address)
		}
	case hwsim.Sent:
		return m.carry(f)
	}
	return nil
}

// carry lets those hear f who can, and tells its sender. It does not allocate.
func (m *Medium) carry(f *hwsim.Frame) error {
	m.stats.Frames++
	from := m.byAddress[f.Transmitter]
	if from == nil {
		return m.port.Report(f, false, m.config.Floor) // a radio that nobody told us of
	}
	from.at = f.Frequency
	to := wlan.MAC(f.Data[4:10])
	expects := !to.Group() && f.Flags&hwsim.FlagNoAck == 0
	var (
		acked    bool
		ackedAt  = m.config.Floor
		original = f.Data[1]
	)
	for i, l := range from.links {
		r := m.radios[i]
		if r == from {
			continue
		}
		signal := l.signal
		if m.config.Jitter > 0 {
			signal = clamp(int(signal) + m.draw.IntN(2*m.config.Jitter+1) - m.config.Jitter)
		}
		if signal < m.config.Floor {
			m.stats.Unheard++
			continue
		}
		answers := expects && m.answers(r, to) && (r.at == 0 || r.at == f.Frequency)
		tries := 1
		if answers {
			tries = mostTries
		}
		try := m.try(l.loss, tries)
		if try == 0 {
			m.stats.Lost++
			continue
		}
		if try > 1 {
			f.Data[1] |= retryBit
		}
		err := m.port.Deliver(r.address, f, signal)
		f.Data[1] = original
		if err != nil {
			return err
		}
		m.stats.Delivered++
		if answers && !acked {
			acked, ackedAt = true, signal
			m.stats.Acked++
		}
	}
	return m.port.Report(f, acked, ackedAt)
}

// try returns at which of tries a frame comes through, 0 for none.
func (m *Medium) try(loss float64, tries int) int {
	if loss <= 0 {
		return 1
	}
	for i := range tries {
		if m.draw.Float64() >= loss {
			return i + 1
		}
	}
	return 0
}

// answers reports whether r acknowledges what is for address to.
func (m *Medium) answers(r *radio, to wlan.MAC) bool {
	owner := m.owner[to]
	return owner == r || r.answers[to] || r.all && owner == nil
}

func clamp(dbm int) wlan.DBm { return wlan.DBm(max(-128, min(dbm, 127))) }
