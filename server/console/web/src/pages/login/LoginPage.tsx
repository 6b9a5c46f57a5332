import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useLocation, useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { APIError, errorSentence } from "../../api/errors";
import { providersQuery, signInByProvider } from "../../api/people";
import { login, sessionQuery } from "../../api/session";
import { Button } from "../../components/Button";
import { Field, formClass, Frame, Problem } from "./Frame";
import { safePath } from "./safePath";

/** The type of the problem whose cure is a code. */
const needsCode = "urn:picket:second-factor";

/** Whether an attempt to sign in lacks only the second factor's code. */
function lacksCode(error: unknown): boolean {
  return error instanceof APIError && error.type === needsCode;
}

export function LoginPage() {
  const router = useRouter();
  const queries = useQueryClient();
  const next = safePath(useLocation().hash);
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [asked, setAsked] = useState(false);
  const providers = useQuery(providersQuery);
  const attempt = useMutation({
    mutationFn: login,
    onSuccess: async () => {
      queries.clear();
      await queries.query({ ...sessionQuery, staleTime: 0 });
      router.history.push(next);
    },
    onError: (error) => {
      if (lacksCode(error)) setAsked(true);
    },
  });
  const leave = useMutation({
    mutationFn: (provider: string) => signInByProvider({ provider, returnTo: next }),
    onSuccess: (step) => window.location.assign(step.location),
  });
  const error = lacksCode(attempt.error) ? null : (attempt.error ?? leave.error);
  return (
    <Frame title={asked ? "Your second factor" : "Sign in"}>
      <form
        className={formClass}
        onSubmit={(event) => {
          event.preventDefault();
          attempt.mutate({ name, password, ...(asked ? { code } : {}) });
        }}
      >
        {asked ? (
          <Field
            label="Code"
            name="code"
            complete="one-time-code"
            hint="That your authenticator app shows, or a recovery code"
            value={code}
            set={setCode}
          />
        ) : (
          <>
            <Field label="Name" name="username" complete="username" value={name} set={setName} />
            <Field label="Password" name="password" type="password" complete="current-password" value={password} set={setPassword} />
          </>
        )}
        {error && (
          <Problem>
            {error instanceof APIError && error.status === 401 && attempt.error
              ? "The name or the password is not right."
              : errorSentence(error)}
          </Problem>
        )}
        <Button type="submit" look="primary" disabled={attempt.isPending}>
          {attempt.isPending ? "Signing in…" : "Sign in"}
        </Button>
        {!asked &&
          providers.data?.items.map((p) => (
            <Button key={p.slug} disabled={leave.isPending} onClick={() => leave.mutate(p.slug)}>
              Sign in with <bdi>{p.name}</bdi>
            </Button>
          ))}
      </form>
    </Frame>
  );
}
