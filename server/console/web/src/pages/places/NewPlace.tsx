import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { LineForm, TextField } from "../../components/form";
import { slugOf, slugPattern } from "../../format/text";

/** Makes a site or a tenant: a name, and what stands for it in URLs, which follows the name until it is typed. */
export function NewPlace({ what, make }: { what: string; make: (place: { slug: string; name: string }) => Promise<unknown> }) {
  const [name, setName] = useState("");
  const [slug, setSlug] = useState<string | null>(null);
  const attempt = useMutation({
    mutationFn: () => make({ name, slug: slug ?? slugOf(name) }),
    onSuccess: () => {
      setName("");
      setSlug(null);
    },
  });
  return (
    <LineForm label={`Make a ${what}`} submit={() => attempt.mutate()} word={attempt.isPending ? "Making…" : `Make a ${what}`} busy={attempt.isPending} error={attempt.error}>
      <TextField label={`Name of the ${what}`} value={name} set={setName} max={100} />
      <TextField label="In URLs" value={slug ?? slugOf(name)} set={setSlug} pattern={slugPattern} max={63} mono />
    </LineForm>
  );
}
