// The key that a shop signs with: pasted, stored sealed, never shown again.
import { Button, PasswordInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { ShopConnector } from '../../../../contract/shop-connectors.ts';
import { api, keys } from '../../../api.ts';
import { problemAt, problemElsewhere } from '../../../ui/FieldProblem.tsx';
import { tell } from '../../../ui/toast.tsx';
import { useAction } from '../../../ui/use-action.ts';

export function ShopKey({ shop }: { shop: ShopConnector }) {
  const client = useQueryClient();
  const [key, setKey] = useState('');
  const { busy, error, run, clear } = useAction();
  const save = async (event: FormEvent) => {
    event.preventDefault();
    await run(async () => {
      await api.patch(`/shop_connectors/${shop.id}`, { secret: key.trim() });
      await client.invalidateQueries({ queryKey: keys.shopConnectors });
      setKey('');
      tell('Key saved');
    });
  };
  return (
    <form
      onSubmit={(event) => void save(event)}
      noValidate
      className="row wrap"
      style={{ alignItems: 'flex-start' }}
    >
      <PasswordInput
        className="grow"
        label={shop.has_secret ? 'Another key' : 'Signing key'}
        description={
          shop.has_secret
            ? 'A key is stored. Empty: it stays.'
            : 'Stored encrypted, never shown again and never in logs.'
        }
        autoComplete="off"
        spellCheck={false}
        value={key}
        error={problemAt(error, '/secret') ?? problemElsewhere(error, ['/secret'])}
        inputWrapperOrder={['label', 'input', 'error', 'description']}
        onChange={(event) => {
          setKey(event.currentTarget.value);
          clear();
        }}
      />
      <Button
        type="submit"
        variant={shop.has_secret ? 'default' : 'filled'}
        miw={96}
        mt={24}
        disabled={key.trim() === ''}
      >
        {busy ? 'Saving' : 'Save key'}
      </Button>
    </form>
  );
}
