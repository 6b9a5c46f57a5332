import { Menu, useMantineColorScheme, type MantineColorScheme } from "@mantine/core";
import { IconCheck, IconDeviceDesktop, IconLogout, IconMoon, IconSun, type Icon } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { logout } from "../api/session";
import type { Session } from "../api/types";
import { textStyle } from "../components/text";
import { menuClasses } from "./menu";
import css from "./menu.module.css";

const schemes: { id: MantineColorScheme; label: string; icon: Icon }[] = [
  { id: "auto", label: "As the system", icon: IconDeviceDesktop },
  { id: "light", label: "Light", icon: IconSun },
  { id: "dark", label: "Dark", icon: IconMoon },
];

/** Who is signed in; appearance; sign out. */
export function UserMenu({ session, wide }: { session: Session; wide: boolean }) {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const leave = async (): Promise<void> => {
    await logout().catch(() => undefined); // the session may have ended already
    queries.clear();
    await navigate({ to: "/login", search: {} });
  };
  const { name, role } = session.user;
  return (
    <Menu position="top-start" width={200} classNames={menuClasses} transitionProps={{ duration: 0 }}>
      <Menu.Target>
        <button type="button" className={`${css["user"] ?? ""} ${wide ? (css["wide"] ?? "") : ""}`} title="Appearance and sign out">
          <span className={css["avatar"]} aria-hidden="true">
            {name.slice(0, 2).toUpperCase()}
          </span>
          <bdi className={css["name"]}>{name}</bdi>
          <span className={textStyle.gone}>: appearance and sign out</span>
          <span className={css["version"]} aria-hidden="true">
            {session.version}
          </span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>Signed in as {role}</Menu.Label>
        {schemes.map(({ id, label, icon: SchemeIcon }) => (
          <Menu.Item
            key={id}
            leftSection={<SchemeIcon size={16} stroke={1.75} aria-hidden="true" />}
            rightSection={id === colorScheme ? <IconCheck size={14} aria-label="chosen" /> : null}
            onClick={() => setColorScheme(id)}
          >
            {label}
          </Menu.Item>
        ))}
        <Menu.Item leftSection={<IconLogout size={16} stroke={1.75} aria-hidden="true" />} onClick={() => void leave()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
