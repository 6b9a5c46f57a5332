import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTenant } from "../url/useView";
import { textStyle } from "./text";

interface Props {
  id: string;
  title?: string;
  children: ReactNode;
}

export function BSSLink({ id, title, children }: Props) {
  const tenant = useTenant();
  return (
    <Link to="/$tenant/bss/$bssid" params={{ tenant, bssid: id }} className={textStyle.link} title={title}>
      {children}
    </Link>
  );
}

export function ClientLink({ id, title, children }: Props) {
  const tenant = useTenant();
  return (
    <Link to="/$tenant/client/$mac" params={{ tenant, mac: id }} className={textStyle.link} title={title}>
      {children}
    </Link>
  );
}

export function HostLink({ id, title, children }: Props) {
  const tenant = useTenant();
  return (
    <Link to="/$tenant/host/$mac" params={{ tenant, mac: id }} className={textStyle.link} title={title}>
      {children}
    </Link>
  );
}

export function TapLink({ id, title, children }: Props) {
  const tenant = useTenant();
  return (
    <Link to="/$tenant/tap/$id" params={{ tenant, id }} className={textStyle.link} title={title}>
      {children}
    </Link>
  );
}
