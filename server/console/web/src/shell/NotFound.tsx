import { Link } from "@tanstack/react-router";
import type { Session } from "../api/types";
import { buttonClass } from "../components/Button";
import { Empty } from "../components/state";
import type { Page } from "./pages";

/** An address that is no page. */
export function NotFound() {
  return (
    <Empty
      title="There is no such page"
      action={
        <a className={buttonClass()} href="/">
          Go to the first page
        </a>
      }
    >
      The address may be from an older or newer console, or mistyped.
    </Empty>
  );
}

/** A tenant that does not exist or that the user may not see. */
export function NoTenant({ session }: { session: Session }) {
  return (
    <Empty
      title="You are no member of this tenant"
      action={session.tenants.map((t) => (
        <a key={t.slug} className={buttonClass()} href={`/${t.slug}/home`}>
          {t.name}
        </a>
      ))}
    >
      {session.tenants.length === 0 ? "You are a member of none. An administrator of the node can change that." : "These are yours:"}
    </Empty>
  );
}

/** A page that the signed-in person may not see, where somebody sent them a link to it. */
export function NotAllowed({ page }: { page: Page }) {
  return (
    <Empty title={`${page.label} is not for your role`}>
      {page.where === "installation"
        ? "It belongs to the installation. Only its administrators see it."
        : `It needs the permission ${page.needs ?? ""} in this tenant. Whoever administers it can give you another role, under People.`}
    </Empty>
  );
}

/** A tenant that asks for a second factor, which the session has not shown. */
export function NoFactor({ tenant }: { tenant: string }) {
  return (
    <Empty
      title="This tenant asks for a second factor"
      action={
        <Link to="/$tenant/account" params={{ tenant }} className={buttonClass({ look: "primary" })}>
          Go to my account
        </Link>
      }
    >
      This session has not shown one. Set one up, or show it, under My account; then everything here opens.
    </Empty>
  );
}
