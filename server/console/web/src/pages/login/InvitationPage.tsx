import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useLocation, useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { errorSentence } from "../../api/errors";
import { acceptInvitation } from "../../api/people";
import { Button, buttonClass } from "../../components/Button";
import { Field, formClass, Frame, Problem } from "./Frame";

/** /invitation#token=…: a new account, or a new password. The token stays in the fragment, which no log sees. */
export function InvitationPage() {
  const router = useRouter();
  const queries = useQueryClient();
  const token = new URLSearchParams(useLocation().hash).get("token") ?? "";
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const attempt = useMutation({
    mutationFn: () => acceptInvitation({ token, name, password }),
    onSuccess: (answer) => {
      queries.clear();
      if (answer.signedIn) router.history.replace("/");
    },
  });
  if (attempt.data && !attempt.data.signedIn) {
    return (
      <Frame title="The password is set">
        <p>
          Sign in as <bdi>{attempt.data.name}</bdi>.
        </p>
        <p style={{ marginTop: 16 }}>
          <a className={buttonClass()} href="/login">
            Sign in
          </a>
        </p>
      </Frame>
    );
  }
  return (
    <Frame title="You are invited">
      <p>Choose how you sign in from now on. Where the link is for a new password, the name stays as it is.</p>
      <form
        className={formClass}
        onSubmit={(event) => {
          event.preventDefault();
          attempt.mutate();
        }}
      >
        <Field label="Your name" name="username" complete="username" value={name} set={setName} />
        <Field
          label="Password"
          name="password"
          type="password"
          complete="new-password"
          hint="At least 12 characters; a sentence is good"
          value={password}
          set={setPassword}
        />
        {attempt.error && <Problem>{errorSentence(attempt.error)}</Problem>}
        <Button type="submit" look="primary" disabled={attempt.isPending || password.length < 12 || token === ""}>
          Start
        </Button>
      </form>
    </Frame>
  );
}
