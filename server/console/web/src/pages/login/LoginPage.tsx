import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useLocation, useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { APIError, errorSentence } from "../../api/errors";
import { login, sessionQuery } from "../../api/session";
import { Button } from "../../components/Button";
import { Field, formClass, Frame, Problem } from "./Frame";

/** Only a path of this console: never another host, whatever the link said. */
export function safePath(hash: string): string {
  return /^\/[a-z0-9]/i.test(hash) ? hash : "/";
}

export function LoginPage() {
  const router = useRouter();
  const queries = useQueryClient();
  const next = safePath(useLocation().hash);
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const attempt = useMutation({
    mutationFn: login,
    onSuccess: async () => {
      queries.clear();
      await queries.query({ ...sessionQuery, staleTime: 0 });
      router.history.push(next);
    },
  });
  const { error } = attempt;
  return (
    <Frame title="Sign in">
      <form
        className={formClass}
        onSubmit={(event) => {
          event.preventDefault();
          attempt.mutate({ name, password });
        }}
      >
        <Field label="Name" name="username" complete="username" value={name} set={setName} />
        <Field label="Password" name="password" type="password" complete="current-password" value={password} set={setPassword} />
        {error && (
          <Problem>
            {error instanceof APIError && error.status === 401 ? "The name or the password is not right." : errorSentence(error)}
          </Problem>
        )}
        <Button type="submit" look="primary" disabled={attempt.isPending}>
          {attempt.isPending ? "Signing in…" : "Sign in"}
        </Button>
      </form>
    </Frame>
  );
}
