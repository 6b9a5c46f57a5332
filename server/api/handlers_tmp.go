package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"
)

type empty struct{}

var errTmp = huma.Error501NotImplemented("Not built yet.")

func (a *API) getHome(ctx context.Context, in *RangeParams) (*output[Home], error) {
	return nil, errTmp
}
func (a *API) listSites(ctx context.Context, in *TenantParam) (*output[List[SiteRef]], error) {
	return nil, errTmp
}
func (a *API) listTokens(ctx context.Context, in *TenantParam) (*output[List[EnrolmentToken]], error) {
	return nil, errTmp
}
func (a *API) createToken(ctx context.Context, in *NewTokenInput) (*output[CreatedEnrolmentToken], error) {
	return nil, errTmp
}
func (a *API) listTaps(ctx context.Context, in *ListParams) (*output[List[Tap]], error) {
	return nil, errTmp
}
func (a *API) getTap(ctx context.Context, in *TapParams) (*output[TapDetail], error) {
	return nil, errTmp
}
func (a *API) getTapHealth(ctx context.Context, in *TapParams) (*output[TapHealth], error) {
	return nil, errTmp
}
func (a *API) listTapChannels(ctx context.Context, in *TapParams) (*output[List[TapChannel]], error) {
	return nil, errTmp
}
func (a *API) listBSS(ctx context.Context, in *ListParams) (*output[List[BSS]], error) {
	return nil, errTmp
}
func (a *API) getBSS(ctx context.Context, in *BSSIDParams) (*output[BSSDetail], error) {
	return nil, errTmp
}
func (a *API) getBSSSignal(ctx context.Context, in *BSSIDParams) (*output[BSSSignal], error) {
	return nil, errTmp
}
func (a *API) listBSSClients(ctx context.Context, in *BSSIDListParams) (*output[List[Client]], error) {
	return nil, errTmp
}
func (a *API) listClients(ctx context.Context, in *ListParams) (*output[List[Client]], error) {
	return nil, errTmp
}
func (a *API) getClient(ctx context.Context, in *MACParams) (*output[ClientDetail], error) {
	return nil, errTmp
}
func (a *API) listHosts(ctx context.Context, in *ListParams) (*output[List[Host]], error) {
	return nil, errTmp
}
func (a *API) getHost(ctx context.Context, in *MACParams) (*output[HostDetail], error) {
	return nil, errTmp
}
