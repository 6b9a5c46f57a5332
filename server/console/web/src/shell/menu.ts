import css from "./menu.module.css";

/** The look of every menu. */
export const menuClasses = { dropdown: css["dropdown"] ?? "", item: css["item"] ?? "", label: css["label"] ?? "" };
