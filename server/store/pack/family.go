package pack

import "picket/shared/wire/wirepb"

// A Family is what is stored, kept and dropped together.
type Family uint8

const (
	Air  Family = iota // what radios heard
	Wire               // what passed on a wire
)

// Rows is how many rows r has in the tables of f.
func (f Family) Rows(r *wirepb.Report) int {
	if f == Air {
		return len(r.GetBss().GetBssid()) + len(r.GetStations().GetStation()) + len(r.GetProbes().GetStation()) +
			len(r.GetDisconnects().GetTransmitter()) + len(r.GetHandshakes().GetBssid()) +
			len(r.GetChannels().GetCapture()) + len(r.GetRemoteIds().GetTransmitter())
	}
	return len(r.GetHosts().GetMac()) + len(r.GetArp().GetMac()) + len(r.GetDhcp().GetClient()) +
		len(r.GetDns().GetClient()) + len(r.GetFlows().GetProtocol())
}

// macColumns and so on are the columns of f's tables that refer to the parts of
// the dictionary.
func (f Family) macColumns(r *wirepb.Report) [][]uint32 {
	if f == Air {
		return [][]uint32{
			r.GetBss().GetBssid(), r.GetStations().GetStation(), r.GetStations().GetBssid(), r.GetProbes().GetStation(),
			r.GetDisconnects().GetTransmitter(), r.GetDisconnects().GetReceiver(), r.GetDisconnects().GetBssid(),
			r.GetHandshakes().GetBssid(), r.GetHandshakes().GetStation(), r.GetRemoteIds().GetTransmitter(),
		}
	}
	return [][]uint32{r.GetHosts().GetMac(), r.GetArp().GetMac(), r.GetDhcp().GetClient(), r.GetDhcp().GetServerMac()}
}

func (f Family) ssidColumns(r *wirepb.Report) [][]uint32 {
	if f == Air {
		return [][]uint32{r.GetBss().GetSsid(), r.GetProbes().GetSsid()}
	}
	return nil
}

func (f Family) securityColumns(r *wirepb.Report) [][]uint32 {
	if f == Air {
		return [][]uint32{r.GetBss().GetSecurity()}
	}
	return nil
}

func (f Family) ipColumns(r *wirepb.Report) [][]uint32 {
	if f == Air {
		return nil
	}
	return [][]uint32{
		r.GetHosts().GetIp(), r.GetArp().GetIp(), r.GetDhcp().GetServer(), r.GetDhcp().GetAddress(), r.GetDns().GetClient(),
		r.GetDns().GetServer(), r.GetDns().GetAnswer(), r.GetFlows().GetClient(), r.GetFlows().GetServer(),
	}
}

func (f Family) nameColumns(r *wirepb.Report) [][]uint32 {
	if f == Air {
		return nil
	}
	return [][]uint32{r.GetDhcp().GetName(), r.GetDhcp().GetVendorClass(), r.GetDhcp().GetParameters(), r.GetDns().GetName()}
}
