package wire

//go:generate protoc --go_out=../.. --go_opt=module=picket report.proto
